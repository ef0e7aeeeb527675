import type { SlotId } from '../../src/core/models/slot.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { ReplayControl } from '../../src/core/ports/replay-control.ts';
import type { EngineCounters } from '../../src/core/trading/engine-counters.ts';
import { sumCounters } from './sum-counters.ts';

interface Counted {
  readonly id: SlotId;
  readonly engine: { readonly counters: EngineCounters };
}

/** Acknowledges a bar to the market that waits for it when the last of the lines is done with it. */
export function acknowledgeBars(
  lines: () => readonly Counted[],
  acknowledge: ReplayControl['acknowledge'] | undefined,
  onFatal: (error: unknown) => void,
): (line: SlotId, barClose: EpochMillis) => void {
  const done = new Map<SlotId, number>();
  return (line, barClose) => {
    if (!acknowledge) return;
    done.set(line, barClose);
    const all = lines();
    if (all.some(({ id }) => (done.get(id) ?? 0) < barClose)) return;
    acknowledge(barClose, sumCounters(all.map(({ engine }) => engine.counters))).catch(onFatal);
  };
}
