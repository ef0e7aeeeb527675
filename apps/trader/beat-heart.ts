import { messageOf } from '../../src/core/ares-error.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Timers, WallClock } from '../../src/core/ports/clock.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { TradingEngine } from '../../src/core/trading/engine.ts';
import type { HotSwap } from '../../src/core/trading/hot-swap.ts';

interface HeartPorts {
  readonly ledger: Ledger;
  readonly timers: Timers;
  readonly wallClock: WallClock;
  readonly log: Log;
}

/** Writes at once and every so often what the trader is and does, for whoever watches it; calls `onBeat` when that is written. */
export function beatHeart(
  of: {
    readonly slot: SlotId;
    readonly instance: string;
    readonly engine: TradingEngine;
    readonly hotSwap: HotSwap;
    readonly everyMs: number;
    readonly onBeat: () => void;
  },
  ports: HeartPorts,
): { stop(): void } {
  const { slot, engine, hotSwap, instance, everyMs, onBeat } = of;
  const beat = (): Promise<void> =>
    ports.ledger.append([
      {
        key: keys.heartbeat(slot),
        value: {
          at: ports.wallClock.now(),
          instance,
          state: engine.mode,
          marketTime: engine.marketTime,
          position: engine.account.position.quantity.toFixed(),
          runId: engine.model?.runId ?? null,
          modelHash: engine.model?.predictor.modelHash ?? null,
          swapInProgress: hotSwap.swapInProgress,
          orderInFlight: engine.inFlight?.clientOrderId ?? null,
          ...engine.counters,
        },
      },
    ]);
  const report = (error: unknown): void =>
    ports.log.warn('the heartbeat could not be written', { error: messageOf(error) });
  void beat().then(onBeat, report);
  return { stop: ports.timers.every(everyMs, () => void beat().then(onBeat, report)) };
}
