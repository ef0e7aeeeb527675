import { keys } from '../ledger-keys.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, MarketRules, Transfer } from '../ports/exchange.ts';
import type { Key, Ledger, LedgerReader, Write } from '../ports/ledger.ts';
import { type Decimal, ZERO } from './money.ts';
import type { SlotAccount } from './slot-account.ts';

/** How long after it moved money an exchange may take to list a deposit or a withdrawal, and then by an earlier time. */
const LISTED_LATE_MS = 7 * 86_400_000;

/** Deposits and withdrawals that a line has not booked. */
export interface OpenTransfers {
  /** This line's, and not in its baseline yet: booking was interrupted. */
  readonly mine: readonly Transfer[];
  /** Nobody's yet; oldest first. */
  readonly free: readonly Transfer[];
  /** Of the quote currency, and taken by a line that is about to book it. */
  readonly ofOthers: readonly Transfer[];
}

/**
 * Reads which deposits and withdrawals of a line's two currencies are in no baseline yet.
 *
 * @param booked ids that need not be looked up again; grows
 */
export async function readOpenTransfers(
  of: { readonly line: SlotId; readonly rules: Pick<MarketRules, 'base' | 'quote'>; readonly since: EpochMillis },
  booked: Set<string>,
  ports: { readonly exchange: Pick<Exchange, 'transfersSince'>; readonly ledger: LedgerReader },
): Promise<OpenTransfers> {
  const { line, rules } = of;
  const { account } = parseSlotId(line);
  const since = epochMillis(Math.max(0, of.since - LISTED_LATE_MS));
  const found: Record<keyof OpenTransfers, Transfer[]> = { mine: [], free: [], ofOthers: [] };
  for (const transfer of await ports.exchange.transfersSince(since)) {
    if ((transfer.asset !== rules.base && transfer.asset !== rules.quote) || booked.has(transfer.id)) continue;
    const claim = await ports.ledger.get(keys.transferClaim(account, transfer.id));
    const owner = claim?.value.line as SlotId | undefined;
    if (owner === undefined) found.free.push(transfer);
    else if (await ports.ledger.get(keys.transfer(owner, transfer.id))) booked.add(transfer.id);
    else if (owner === line) found.mine.push(transfer);
    else if (transfer.asset === rules.quote) found.ofOthers.push(transfer);
  }
  found.free.sort((one, other) => one.at - other.at);
  return found;
}

/** The transfers of an asset, one after the other, that together make up a difference; the oldest such, none when there is none. */
export function explaining(difference: Decimal, asset: string, free: readonly Transfer[]): readonly Transfer[] {
  const ofAsset = free.filter((transfer) => transfer.asset === asset);
  for (const from of ofAsset.keys()) {
    let sum = ZERO;
    for (let until = from; until < ofAsset.length; until += 1) {
      sum = sum.plus((ofAsset[until] as Transfer).amount);
      if (sum.eq(difference)) return ofAsset.slice(from, until + 1);
    }
  }
  return [];
}

/** Whether all of them are this line's now. Only one line of an account can have a transfer: the others see it in the same balance. */
export async function claimTransfers(
  line: SlotId,
  transfers: readonly Transfer[],
  guard: () => Write,
  ledger: Pick<Ledger, 'commit'>,
): Promise<boolean> {
  const { account } = parseSlotId(line);
  for (const { id, asset, amount, at } of transfers) {
    const outcome = await ledger.commit({
      token: `transfer-claim:${line}:${id}`,
      writes: [
        guard(),
        {
          kind: 'put',
          key: keys.transferClaim(account, id),
          expected: 'absent',
          value: { line, asset, amount: amount.toFixed(), at },
        },
      ],
      audit: [],
      events: [],
    });
    if (outcome.outcome === 'conflict') return false;
  }
  return true;
}

/** Marks transfers as booked by a line whose baseline is about to be taken from the balances, which hold them already. Whether nobody else had one. */
export async function absorbTransfers(
  line: SlotId,
  { mine, free }: Pick<OpenTransfers, 'mine' | 'free'>,
  guard: () => Write,
  ledger: Pick<Ledger, 'commit'>,
): Promise<boolean> {
  const { account } = parseSlotId(line);
  for (const transfer of [...mine, ...free]) {
    const { id, asset, amount, at } = transfer;
    const value = { line, asset, amount: amount.toFixed(), at, withBaseline: true };
    const put = (key: Key): Write => ({ kind: 'put', key, expected: 'absent', value });
    const claim = mine.includes(transfer) ? [] : [put(keys.transferClaim(account, id))];
    const outcome = await ledger.commit({
      token: `transfer-absorbed:${line}:${id}`,
      writes: [guard(), ...claim, put(keys.transfer(line, id))],
      audit: [],
      events: [],
    });
    if (outcome.outcome === 'conflict') return false;
  }
  return true;
}

/** A line's books after money came or went: what was there before trading is more or less by it, and profit, drawdown and risk never see it. */
export function bookTransfer(
  account: SlotAccount,
  { asset, amount }: Transfer,
  rules: Pick<MarketRules, 'base' | 'quote'>,
): SlotAccount {
  const { base, quote } = account.baseline;
  if (asset === rules.base) return { ...account, baseline: { base: base.plus(amount), quote } };
  return asset === rules.quote ? { ...account, baseline: { base, quote: quote.plus(amount) } } : account;
}
