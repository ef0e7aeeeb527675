import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Fill, OrderReport } from '../ports/exchange.ts';
import type { OrderType } from '../risk/approved-order.ts';
import { bookOrder, effectiveAccount } from './book-order.ts';
import { cancelSurely } from './cancel-surely.ts';
import { type Leg, parseClientOrderId } from './client-order-id.ts';
import {
  type DoubledId,
  doubledText,
  type ExchangeFacts,
  notAccepted,
  readExchangeFacts,
  reusedId,
} from './exchange-facts.ts';
import { quantity, ZERO } from './money.ts';
import { isFinal } from './order-lifecycle.ts';
import { applyFills, applyReport, isSettled, type OwnOrder } from './own-order.ts';
import type { RecoverOptions, RecoverPorts } from './recover-options.ts';
import type { SlotAccount } from './slot-account.ts';
import type { StoredBooks } from './stored-books.ts';
import type { TradingJournal } from './trading-journal.ts';

/** A line's orders while they are brought to what the exchange says. */
export interface OrderRecovery {
  account: SlotAccount;
  readonly settledNow: number;
  readonly foreignOrders: number;
  /** Protective orders that rest and stay, with the fills they have had. */
  readonly openOrders: readonly OwnOrder[];
  readonly decidedBars: ReadonlySet<number>;
  /** Exchange order ids that came with a client id of ours that another order has already. */
  readonly doubled: readonly string[];
  /** Reads, cancels and settles; says what does not come out, which may only need time. @throws what a read or a cancel throws */
  bringUpToDate(): Promise<string | undefined>;
}

/** Orders that end while others are cancelled are read again; so often at most. */
const ROUNDS = 5;
const NEVER_REACHED = 'never reached the exchange';

export function createOrderRecovery(
  books: StoredBooks,
  options: RecoverOptions,
  journal: TradingJournal,
  ports: RecoverPorts,
): OrderRecovery {
  const { slot, rules } = options;
  const oldest = Math.min(books.account.settledThrough, ...books.unsettled.map((order) => order.barClose));
  const since = epochMillis(Math.max(0, oldest - 2 * options.barMillis));
  const known = new Map(books.unsettled.map((order) => [order.clientOrderId, order]));
  const settled = new Set<string>();
  const neverReached = new Set<string>();
  const foreign = new Set<string>();
  const reused: DoubledId[] = [];
  const decidedBars = new Set<number>();
  let account = books.account;
  let openOrders: readonly OwnOrder[] = [];
  let settledNow = 0;
  let doubled: readonly string[] = [];

  const reportForeign = (facts: ExchangeFacts): void => {
    for (const { clientOrderId, exchangeOrderId } of facts.foreign) {
      if (foreign.has(exchangeOrderId)) continue;
      foreign.add(exchangeOrderId);
      ports.log.warn('an order that is not ours rests on the exchange and is left alone', { slot, clientOrderId });
    }
  };

  /** Ids of orders whose end is not in the books; with the bars that they were decided at. */
  const unsettledIds = async (facts: ExchangeFacts): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const id of new Set([...known.keys(), ...facts.own.keys()])) {
      const name = parseClientOrderId(slot, id);
      if (name?.leg === 'entry' || name?.leg === 'exit') decidedBars.add(name.barClose);
      if (settled.has(id)) continue;
      const stored = known.has(id) ? undefined : (await ports.ledger.get(keys.order(slot, id)))?.value;
      if (stored?.settled !== true) {
        ids.push(id);
        continue;
      }
      settled.add(id);
      const again = reusedId(stored, facts.own.get(id));
      if (again) reused.push(again);
    }
    return ids;
  };

  /** What the exchange says of each: of those it lists none, asked by id, and again after a receive window; only then can one no longer turn up. */
  const reportsOf = async (
    ids: readonly string[],
    facts: ExchangeFacts,
  ): Promise<ReadonlyMap<string, OrderReport | undefined>> => {
    const reports = new Map<string, OrderReport | undefined>();
    const ask = (id: string) => ports.exchange.order(rules.symbol, id);
    for (const id of ids) reports.set(id, facts.own.get(id) ?? (neverReached.has(id) ? undefined : await ask(id)));
    const silent = ids.filter((id) => !reports.get(id) && !neverReached.has(id));
    if (silent.length === 0) return reports;
    await ports.timers.sleep(options.recvWindowMs);
    for (const id of silent) {
      const report = await ask(id);
      if (report) reports.set(id, report);
      else neverReached.add(id);
    }
    return reports;
  };

  const settle = (order: OwnOrder): void => {
    const booked = bookOrder(account, order, options);
    account = booked.account;
    settled.add(order.clientOrderId);
    known.delete(order.clientOrderId);
    settledNow += 1;
    journal.settled(order, account, booked.realisedPnl);
  };

  return {
    get account() {
      return account;
    },
    set account(changed) {
      account = changed;
    },
    get settledNow() {
      return settledNow;
    },
    get foreignOrders() {
      return foreign.size;
    },
    get openOrders() {
      return openOrders;
    },
    get doubled() {
      return doubled;
    },
    decidedBars,

    async bringUpToDate() {
      for (let round = 0; round < ROUNDS; round += 1) {
        const facts = await readExchangeFacts(slot, rules.symbol, since, ports.exchange);
        reportForeign(facts);
        const ids = await unsettledIds(facts);
        const reports = await reportsOf(ids, facts);
        const orders = ids.map((id) => {
          const report = reports.get(id);
          const stored = known.get(id);
          return report
            ? withExchangeFacts(stored ?? orderOfReport(slot, report), report, facts.fills)
            : { ...(stored as OwnOrder), state: 'rejected' as const, reason: NEVER_REACHED };
        });
        // What cannot be sold needs no protection, and a stop would sell what is not the line's.
        const { holding } = effectiveAccount(account, orders.toSorted(byTime), options);
        const resting = orders.filter(({ state }) => !isFinal(state));
        const kept = holding ? protection(resting, known) : new Set<OwnOrder>();
        const leaving = resting.filter((order) => !kept.has(order));
        for (const order of leaving) {
          ports.log.info('cancelling what rests from before', { slot, clientOrderId: order.clientOrderId });
          await cancelSurely(rules.symbol, order.clientOrderId, ports);
        }
        // What they, or the others meanwhile, have traded is read again.
        if (leaving.length > 0) continue;
        for (const order of orders.filter(isSettled).sort(byTime)) settle(order);
        await journal.flush();
        openOrders = [...kept];
        const late = orders.find((order) => isFinal(order.state) && !isSettled(order));
        const strange = await notAccepted(slot, [...facts.doubled, ...reused], ports.ledger);
        doubled = strange.flatMap(({ exchangeOrderIds }) => exchangeOrderIds.slice(1));
        if (strange[0]) return doubledText(strange[0]);
        return late
          ? `order ${late.clientOrderId} must have ended with all its fills, was ${late.state} with ${late.fills.size} fills`
          : undefined;
      }
      return `orders of ${slot} must come to rest, still changed after ${ROUNDS} readings`;
    },
  };
}

/**
 * What may stay: one stop-loss and one take-profit, the newest, and both of one pair or of none.
 *
 * One that the database does not know is not among them: the exchange's report does not tell its price. The engine places another one at once.
 */
function protection(resting: readonly OwnOrder[], known: ReadonlyMap<string, OwnOrder>): ReadonlySet<OwnOrder> {
  const newest = (leg: Leg): OwnOrder | undefined =>
    resting
      .filter((order) => order.leg === leg && order.side === 'sell' && known.has(order.clientOrderId))
      .sort((one, other) => other.barClose - one.barClose || other.updatedAt - one.updatedAt)[0];
  const stop = newest('stop_loss');
  const profit = newest('take_profit');
  const kept = new Set<OwnOrder>();
  if (stop) kept.add(stop);
  if (profit && (!stop || profit.pairId === stop.pairId)) kept.add(profit);
  return kept;
}

const TYPE_OF: Readonly<Record<Leg, OrderType>> = {
  entry: 'market',
  exit: 'market',
  stop_loss: 'stop',
  take_profit: 'post_only',
  pair: 'market',
};

/** An order of ours that the exchange knows and the database does not: sent just before a crash. */
function orderOfReport(slot: SlotId, report: OrderReport): OwnOrder {
  const name = parseClientOrderId(slot, report.clientOrderId);
  const leg = name?.leg ?? 'entry';
  return {
    clientOrderId: report.clientOrderId,
    exchangeOrderId: report.exchangeOrderId,
    symbol: report.symbol,
    side: report.side,
    leg,
    type: TYPE_OF[leg],
    quantity: report.quantity,
    limitPrice: null,
    stopPrice: null,
    pairId: null,
    barClose: name?.barClose as EpochMillis,
    modelHash: null,
    state: 'unknown',
    filled: quantity(ZERO),
    fills: new Map(),
    updatedAt: report.updatedAt,
    reason: 'found on the exchange after a restart',
  };
}

function withExchangeFacts(order: OwnOrder, report: OrderReport, fills: readonly Fill[]): OwnOrder {
  const own = fills.filter((fill) => fill.exchangeOrderId === report.exchangeOrderId);
  return applyReport(applyFills(order, own), report);
}

/** Orders as they traded: what a sale brings depends on what was bought before it. */
const byTime = (one: OwnOrder, other: OwnOrder): number => timeOf(one) - timeOf(other);
const timeOf = (order: OwnOrder): number =>
  Math.min(order.updatedAt, ...[...order.fills.values()].map((fill) => fill.executedAt));
