import { messageOf } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { parseAccount } from '../trading/slot-account.ts';

/** One sentence on what a slot holds by its books. Never fails: news without it are better than none. */
export async function describeStake(ledger: LedgerReader, slot: SlotId): Promise<string> {
  try {
    const item = await ledger.get(keys.account(slot));
    if (!item) return `${slot} has not traded yet.`;
    const { quantity, cost } = parseAccount(item.value).position;
    if (quantity.eq(0)) return `${slot} holds no position.`;
    const [base, quote] = (parseSlotId(slot).symbols[0] ?? '').split('/');
    return `${slot} holds ${quantity.toFixed()} ${base}, bought for ${cost.toFixed()} ${quote}.`;
  } catch (error) {
    return `What ${slot} holds could not be read: ${messageOf(error)}`;
  }
}
