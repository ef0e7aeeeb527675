import { AresError, messageOf } from '../ares-error.ts';
import { readConfig } from '../config/read-config.ts';
import type { Invocation } from '../events/invocation.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type SlotPerformance, trackSlot } from './track-slot.ts';

/**
 * Measures every slot's production model by its outcomes, and publishes `PerformanceAlert` once when a metric crosses its threshold and once when it is back.
 *
 * With fewer outcomes than `minimumSamples` nothing is judged; with enough, a metric that cannot be computed is a breach. A slot that fails does not keep the
 * others from being tracked.
 *
 * @throws AresError `TRACKING_FAILED` naming the slots that failed, when the others are done; the same invocation may be sent again
 */
export async function trackPerformance(
  invocation: Invocation,
  { ledger }: { readonly ledger: Ledger },
): Promise<readonly SlotPerformance[]> {
  const { config } = await readConfig(ledger);
  const tracked: SlotPerformance[] = [];
  const failures: { readonly slot: string; readonly error: unknown }[] = [];
  for (const slot of await listSlots(ledger)) {
    try {
      tracked.push(await trackSlot(slot, invocation, config.performance, ledger));
    } catch (error) {
      failures.push({ slot, error });
    }
  }
  if (failures.length === 0) return tracked;
  const lines = failures.map(({ slot, error }) => `${slot}: ${messageOf(error)}`);
  throw new AresError(
    'TRACKING_FAILED',
    lines.join('; '),
    { slots: failures.map(({ slot }) => slot) },
    failures[0]?.error,
  );
}
