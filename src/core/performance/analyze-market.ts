import { AresError, messageOf } from '../ares-error.ts';
import type { Invocation } from '../events/invocation.ts';
import { listSlots } from '../models/slot-registry.ts';
import { analystMemory } from './analyst-memory.ts';
import { type AnalystPorts, analyzeSlot, type SlotAnalysis } from './analyze-slot.ts';

/**
 * Predicts with every slot's production model on recent closed bars, and scores earlier predictions with what happened.
 *
 * A slot that fails does not keep the others from being analysed.
 *
 * @throws AresError `ANALYSIS_FAILED` naming the slots that failed, when the others are done; the same invocation may be sent again
 */
export async function analyzeMarket(invocation: Invocation, ports: AnalystPorts): Promise<readonly SlotAnalysis[]> {
  const slots = await listSlots(ports.ledger);
  const results = await Promise.allSettled(
    slots.map((slot) =>
      analystMemory(ports.predictorLoader, slot).exclusively((memory) =>
        analyzeSlot(slot, invocation.now, memory, ports),
      ),
    ),
  );
  const failures = results.flatMap((result, i) =>
    result.status === 'rejected' ? [{ slot: slots[i] as string, error: result.reason as unknown }] : [],
  );
  if (failures.length > 0) {
    const lines = failures.map(({ slot, error }) => `${slot}: ${messageOf(error)}`);
    throw new AresError(
      'ANALYSIS_FAILED',
      lines.join('; '),
      { slots: failures.map(({ slot }) => slot) },
      failures[0]?.error,
    );
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
