import { messageOf } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import { linesOf, parseSlotId, type SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { parseAccount } from '../trading/slot-account.ts';

/** One sentence a market on what a slot holds by its books. Never fails: news without it are better than none. */
export async function describeStake(ledger: LedgerReader, slot: SlotId): Promise<string> {
  try {
    const lines = linesOf(slot);
    const said = await Promise.all(lines.map((line) => stakeOf(ledger, line)));
    return said.join(' ');
  } catch (error) {
    return `What ${slot} holds could not be read: ${messageOf(error)}`;
  }
}

async function stakeOf(ledger: LedgerReader, line: SlotId): Promise<string> {
  const item = await ledger.get(keys.account(line));
  if (!item) return `${line} has not traded yet.`;
  const { quantity, cost } = parseAccount(item.value).position;
  if (quantity.eq(0)) return `${line} holds no position.`;
  const [base, quote] = (parseSlotId(line).symbols[0] ?? '').split('/');
  return `${line} holds ${quantity.toFixed()} ${base}, bought for ${cost.toFixed()} ${quote}.`;
}
