import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import type { Item, Ledger } from '../ports/ledger.ts';
import { readAccountTotals, type TotalsPorts } from './account-totals.ts';
import { readAcceptedOrders } from './exchange-facts.ts';
import { type Decimal, ZERO } from './money.ts';
import type { RecoverOptions } from './recover-options.ts';
import { accountToJson, type SlotAccount } from './slot-account.ts';
import { readStoredBooks } from './stored-books.ts';
import { absorbTransfers } from './transfers.ts';

export interface AcceptOptions
  extends Pick<RecoverOptions, 'slot' | 'rules' | 'guard' | 'startedAt' | 'sessionId' | 'accountSlots'> {
  /** The line's books with the fills of its open orders. */
  readonly own: () => SlotAccount;
  /** Exchange order ids beside those of the books. */
  readonly doubled: readonly string[];
  /** What does not come out. */
  readonly problem: string;
}

const acceptance = z.object({ by: z.string(), reason: z.string() });

/**
 * Takes a person's word, where there is one, that the exchange's balances are right and the books are not: the difference goes into the baseline, and with
 * it out of profit, drawdown and risk. Where less of the base currency is there than the books hold, the position shrinks to it, at what it cost.
 *
 * @returns whether the books were changed; each word is used once
 */
export async function acceptBalances(
  of: AcceptOptions,
  ports: TotalsPorts & { readonly ledger: Ledger },
): Promise<boolean> {
  const { slot, rules } = of;
  const item = await ports.ledger.get(keys.balanceAcceptance(slot));
  const word = acceptance.safeParse(item?.value);
  const stored = await readStoredBooks(ports.ledger, slot);
  if (!item || !word.success || !stored) return false;
  const own = () => ({ account: of.own(), revision: 0 });
  // Every deposit and withdrawal that is listed is in the balances that are accepted.
  const since = of.startedAt;
  const totals = await readAccountTotals(
    { line: slot, rules, own, since, bookedTransfers: new Set(), accountSlots: of.accountSlots },
    ports,
  );
  if (totals.outcome === 'inconclusive') return false;
  const { account } = stored;
  // What resting orders have traded comes on top of the stored books, in the balances and here alike.
  const traded = own().account;
  const base = totals.base.minus(traded.position.quantity);
  const quote = totals.quote.minus(totals.quoteOfOthers).minus(traded.quoteFlow);
  const accepted = shrink({ ...account, baseline: { base, quote } });
  if (!(await absorbTransfers(slot, totals.transfers, of.guard, ports.ledger))) return false;
  const known = await ports.ledger.get(keys.acceptedOrders(slot));
  const exchangeOrderIds = [...new Set([...(await readAcceptedOrders(slot, ports.ledger)), ...of.doubled])];
  const outcome = await ports.ledger.commit({
    token: `balance-accepted:${of.sessionId}:${slot}:${item.version}`,
    writes: [
      of.guard(),
      { kind: 'put', key: keys.account(slot), expected: stored.accountVersion, value: accountToJson(accepted) },
      { kind: 'delete', key: keys.balanceAcceptance(slot), expected: item.version },
      {
        kind: 'put',
        key: keys.acceptedOrders(slot),
        expected: known?.version ?? 'absent',
        value: { exchangeOrderIds },
      },
    ],
    audit: [
      {
        stream: 'trading',
        timestamp: of.startedAt,
        eventType: 'BalanceAccepted',
        user: word.data.by,
        action: 'accept-balance',
        sessionId: of.sessionId,
        details: {
          slot,
          reason: word.data.reason,
          problem: of.problem,
          before: pairText(account),
          after: pairText(accepted),
        },
      },
    ],
    events: [],
  });
  if (outcome.outcome === 'committed') return true;
  throw new AresError('FENCED', `the trader must own ${slot} and its books to change them, but these had changed`, {
    slot,
  });
}

/** A position that is not there any more has left at what it cost: neither profit nor loss. */
function shrink(account: SlotAccount): SlotAccount {
  const { baseline, position } = account;
  if (baseline.base.gte(ZERO)) return account;
  const quantity = max(position.quantity.plus(baseline.base), ZERO);
  const cost = position.quantity.gt(ZERO) ? position.cost.times(quantity).div(position.quantity) : ZERO;
  const gone = position.cost.minus(cost);
  return {
    ...account,
    position: { quantity, cost },
    quoteFlow: account.quoteFlow.plus(gone),
    baseline: { base: ZERO, quote: baseline.quote.minus(gone) },
    holding: quantity.gt(ZERO) ? account.holding : null,
  };
}

const max = (one: Decimal, other: Decimal): Decimal => (one.gt(other) ? one : other);

const pairText = ({ baseline, position }: SlotAccount) => ({
  base: baseline.base.toFixed(),
  quote: baseline.quote.toFixed(),
  position: position.quantity.toFixed(),
});

/** A word that was not needed must not excuse a difference of another day. @throws AresError `FENCED` */
export async function dropAcceptance(
  of: Pick<RecoverOptions, 'slot' | 'guard' | 'startedAt' | 'sessionId'>,
  ledger: Ledger,
): Promise<void> {
  const item: Item | undefined = await ledger.get(keys.balanceAcceptance(of.slot));
  if (!item) return;
  await ledger.commit({
    token: `balance-acceptance-unused:${of.sessionId}:${of.slot}:${item.version}`,
    writes: [of.guard(), { kind: 'delete', key: keys.balanceAcceptance(of.slot), expected: item.version }],
    audit: [
      {
        stream: 'trading',
        timestamp: of.startedAt,
        eventType: 'BalanceAcceptanceUnused',
        user: 'trader',
        action: 'accept-balance',
        sessionId: of.sessionId,
        details: { slot: of.slot, reason: 'books and balances are equal' },
      },
    ],
    events: [],
  });
}
