import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import { acceptBalances, dropAcceptance } from './accept-balances.ts';
import { effectiveAccount } from './book-order.ts';
import { checkBalances, differenceText } from './check-balances.ts';
import { exchangeNow } from './exchange-now.ts';
import type { OwnOrder } from './own-order.ts';
import type { RecoverOptions, RecoverPorts } from './recover-options.ts';
import { createOrderRecovery, type OrderRecovery } from './recover-orders.ts';
import type { SlotAccount } from './slot-account.ts';
import type { StoredBooks } from './stored-books.ts';
import type { TradingJournal } from './trading-journal.ts';
import { bookTransfer, claimTransfers } from './transfers.ts';

interface Recovered {
  /** As settled: without the fills of `openOrders`. */
  readonly account: SlotAccount;
  /** Protective orders that rest on the exchange and stay there, with the fills they have had. */
  readonly openOrders: readonly OwnOrder[];
  readonly decidedBars: ReadonlySet<number>;
  /** Resting orders of this market that are not ours. */
  readonly foreignOrders: number;
}

export type Recovery =
  | (Recovered & { readonly outcome: 'ready'; readonly settledNow: number })
  /** What the exchange holds is not what the books say: nothing may be traded. */
  | (Recovered & { readonly outcome: 'mismatch'; readonly reason: string })
  /** A person's word was taken and the books were changed: they are to be read again, and recovered. */
  | { readonly outcome: 'accepted' };

/** How long news may take to be in every answer of an exchange, in pauses; then it counts. */
const PATIENCE_MS = [250, 500, 1_000, 2_000, 2_000];

/**
 * Brings a line's books to what the exchange says: orders that ended meanwhile are settled, unknown ones asked for, resting entries cancelled,
 * protective orders kept while there is something to protect, deposits and withdrawals booked, and balances compared.
 *
 * @throws whatever a read of the exchange throws: a failed read means no trading, never "flat"; AresError `CANCEL_UNCONFIRMED`, `FENCED`
 */
export async function recoverSlot(
  books: StoredBooks,
  options: RecoverOptions,
  journal: TradingJournal,
  ports: RecoverPorts,
): Promise<Recovery> {
  const orders = createOrderRecovery(books, options, journal, ports);
  const bookedTransfers = new Set<string>();
  const transfersSince = await lastReconciled(options.slot, ports);
  let problem = '';
  for (const pause of [0, ...PATIENCE_MS]) {
    if (pause > 0) await ports.timers.sleep(pause);
    const found = (await orders.bringUpToDate()) ?? (await balanceProblem());
    const { account, openOrders, decidedBars, foreignOrders, settledNow } = orders;
    if (found === undefined) {
      await rememberReconciled(options.slot, ports);
      await dropAcceptance(options, ports.ledger);
      return { outcome: 'ready', account, openOrders, decidedBars, foreignOrders, settledNow };
    }
    problem = found;
  }
  const { account, openOrders, decidedBars, foreignOrders } = orders;
  const accepting = { ...options, own: () => withFills(orders, options), doubled: orders.doubled, problem };
  if (await acceptBalances(accepting, ports)) return { outcome: 'accepted' };
  return { outcome: 'mismatch', account, openOrders, decidedBars, foreignOrders, reason: problem };

  async function balanceProblem(): Promise<string | undefined> {
    const { slot, rules, guard, accountSlots } = options;
    const own = () => ({ account: withFills(orders, options), revision: 0 });
    const check = await checkBalances(
      { line: slot, rules, own, since: transfersSince, bookedTransfers, accountSlots },
      ports,
    );
    switch (check.outcome) {
      case 'match':
        return undefined;
      case 'inconclusive':
        return check.reason;
      case 'mismatch':
        return check.differences.map(differenceText).join('; ');
      case 'transfers': {
        if (!(await claimTransfers(slot, check.free, guard, ports.ledger))) return 'another line took a transfer';
        for (const transfer of [...check.mine, ...check.free]) {
          orders.account = bookTransfer(orders.account, transfer, rules);
          journal.transferred(transfer, orders.account);
        }
        await journal.flush();
        return balanceProblem();
      }
    }
  }
}

/** The account as the exchange has it: with what resting orders have traded so far. */
const withFills = ({ account, openOrders }: OrderRecovery, options: RecoverOptions): SlotAccount =>
  effectiveAccount(account, openOrders, options);

/** When the books were last what the exchange has, by its clock; now where that was never written down. */
async function lastReconciled(line: SlotId, ports: RecoverPorts): Promise<EpochMillis> {
  const at = (await ports.ledger.get(keys.reconciled(line)))?.value.at;
  return typeof at === 'number' ? epochMillis(at) : exchangeNow(line, ports.exchange);
}

/** From here on only younger deposits and withdrawals can be unknown. */
export async function rememberReconciled(
  line: SlotId,
  ports: Pick<RecoverPorts, 'ledger' | 'exchange'>,
): Promise<void> {
  await ports.ledger.append([{ key: keys.reconciled(line), value: { at: await exchangeNow(line, ports.exchange) } }]);
}
