import type { Command } from '../events/command.ts';
import { keys } from '../ledger-keys.ts';
import { linesOf, type SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';

export type BalanceAcceptanceRequest = Command & { readonly slot: SlotId; readonly reason: string };

/**
 * Writes down a person's word that the balances of a slot's account are right where its books differ. The slot's trader takes it at its next recovery,
 * with an audit entry that says what changed.
 *
 * @returns the lines that it is written down for
 */
export async function requestBalanceAcceptance(
  request: BalanceAcceptanceRequest,
  { ledger }: { readonly ledger: Ledger },
): Promise<readonly SlotId[]> {
  const { id, slot, reason, user, now, sessionId } = request;
  const lines = linesOf(slot);
  await retryOnConflict(`the acceptance of balances of ${slot}`, async () => {
    const items = await Promise.all(lines.map((line) => ledger.get(keys.balanceAcceptance(line))));
    const committed = await ledger.commit({
      token: `balance-acceptance:${slot}:${id}`,
      writes: lines.map((line, at) => ({
        kind: 'put',
        key: keys.balanceAcceptance(line),
        expected: items[at]?.version ?? 'absent',
        value: { by: user, reason, at: now },
      })),
      audit: [
        {
          stream: 'trading',
          timestamp: now,
          eventType: 'BalanceAcceptanceAsked',
          user,
          action: 'accept-balance',
          details: { slot, reason },
          sessionId,
        },
      ],
      events: [],
    });
    return committed.outcome === 'conflict' ? CONFLICT : committed;
  });
  return lines;
}
