import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { Json, LedgerReader } from '../../../src/core/ports/ledger.ts';

/** One step in the life of a model, as the audit trail has it. */
export interface HistoryStep {
  readonly at: number;
  readonly eventType: string;
  readonly user: string;
  readonly action: string;
  /** Lifecycle states; `null` where the step was none from one to another. */
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  readonly sequence: number;
}

const textOr = <T>(value: Json | undefined, otherwise: T): string | T =>
  typeof value === 'string' ? value : otherwise;

/** What the audit trail says of one model, oldest first. */
export async function modelHistory(ledger: LedgerReader, slot: SlotId, runId: string): Promise<readonly HistoryStep[]> {
  const steps: HistoryStep[] = [];
  let after: string | undefined;
  do {
    const page = await queryAudit(ledger, { stream: 'models', limit: 1_000, ...(after ? { after } : {}) });
    for (const { timestamp, eventType, user, action, details, sequence } of page.entries) {
      if (details.runId !== runId || details.slot !== slot) continue;
      const { from, to, reason } = details;
      steps.push({
        at: timestamp,
        eventType,
        user,
        action,
        from: textOr(from, null),
        to: textOr(to, null),
        reason: textOr(reason, ''),
        sequence,
      });
    }
    after = page.next;
  } while (after !== undefined);
  // The time of a command may lie before that of the one before it; the chain does not.
  return steps.sort((a, b) => a.sequence - b.sequence);
}
