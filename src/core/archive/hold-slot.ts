import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { readTradingState } from '../trading/trading-state.ts';
import type { ArchivedSlot } from './archived-slots.ts';
import { epochOf, IMPORT_REASON } from './held-records.ts';

export interface HeldSlot {
  readonly slot: SlotId;
  /** Of the archive, and the one that the next trader's is above. */
  readonly epoch: { readonly before: number; readonly after: number };
}

/** Writes into the audit trail of an imported slot that it is halted, by whom, from which archive; once an archive, however often it is called. */
export async function holdSlot(
  command: Command,
  archived: ArchivedSlot,
  archiveSha256: string,
  ledger: Ledger,
): Promise<HeldSlot> {
  const { slot, tradingState } = archived;
  const { now, user, sessionId } = command;
  const token = `import:${archiveSha256}:${slot}`;
  const after = Number((await ledger.get(keys.lease(slot)))?.value.epoch);
  const epoch = { before: epochOf(archived), after };
  await retryOnConflict(`the halt of ${slot}`, async () => {
    const current = await readTradingState(ledger, slot);
    const version = current.version + 1;
    const metadata = metadataOf(command, { token, index: 0, slot, sequence: version });
    const committed = await ledger.commit({
      token,
      writes: [
        {
          kind: 'put',
          key: keys.tradingState(slot),
          expected: current.version === 0 ? 'absent' : current.version,
          value: { state: 'HALTED', reason: IMPORT_REASON, by: user, since: now },
        },
      ],
      audit: [
        {
          stream: 'trading',
          timestamp: now,
          eventType: 'TradingHalted',
          user,
          action: 'import',
          details: {
            slot,
            from: tradingState?.value.state ?? 'ACTIVE',
            to: 'HALTED',
            reason: IMPORT_REASON,
            reasonBefore: tradingState?.value.reason ?? '',
            archive: archiveSha256,
            epochBefore: epoch.before,
            epochAfter: epoch.after,
          },
          sessionId,
        },
      ],
      events: [newEvent('TradingHalted', metadata, { state: 'HALTED', reason: IMPORT_REASON, by: user })],
    });
    return committed.outcome === 'conflict' ? CONFLICT : committed;
  });
  return { slot, epoch };
}
