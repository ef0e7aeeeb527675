import { AresError } from '../ares-error.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis, type Timers } from '../ports/clock.ts';
import type { Exchange, Fill, MarketRules, OrderReport } from '../ports/exchange.ts';
import type { Item, Ledger, Write } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import { parseClientOrderId } from './client-order-id.ts';
import { type Decimal, quantity, ZERO } from './money.ts';
import { applyFills, applyReport, isSettled, type OwnOrder, parseOwnOrder } from './own-order.ts';
import { accountToJson, bookFills, openAccount, parseAccount, type SlotAccount } from './slot-account.ts';
import type { TradingJournal } from './trading-journal.ts';

export interface RecoverPorts {
  readonly ledger: Ledger;
  readonly exchange: Exchange;
  readonly timers: Timers;
  readonly log: Log;
}

export interface RecoverOptions {
  readonly slot: SlotId;
  readonly rules: MarketRules;
  readonly budget: Decimal;
  readonly recvWindowMs: number;
  readonly barMillis: number;
  readonly sessionId: string;
  /** Wall time of this start. */
  readonly startedAt: EpochMillis;
  readonly guard: () => Write;
}

/** The books as the database has them. */
export interface StoredBooks {
  readonly account: SlotAccount;
  readonly accountVersion: number;
  readonly unsettled: readonly OwnOrder[];
  readonly orderVersions: ReadonlyMap<string, number>;
}

export type Recovery =
  | {
      readonly outcome: 'ready';
      readonly account: SlotAccount;
      readonly decidedBars: ReadonlySet<number>;
      readonly settledNow: number;
    }
  /** What the exchange holds is not what the books say: nothing may be traded. */
  | {
      readonly outcome: 'mismatch';
      readonly account: SlotAccount;
      readonly decidedBars: ReadonlySet<number>;
      readonly reason: string;
    };

/** Reads the slot's books, opening them when this is the slot's first start. @throws AresError `BOOKS_MISSING` when the exchange knows orders of this slot but the database has no books */
export async function readBooks(options: RecoverOptions, ports: RecoverPorts): Promise<StoredBooks> {
  const { slot, rules } = options;
  const item = await ports.ledger.get(keys.account(slot));
  if (!item) {
    const own = (await ports.exchange.ordersSince(rules.symbol, epochMillis(0))).filter((order) =>
      parseClientOrderId(slot, order.clientOrderId),
    );
    if (own.length > 0) {
      throw new AresError(
        'BOOKS_MISSING',
        `the database must know the ${own.length} orders the exchange has of ${slot}, but has no books for it: restore its backup`,
        { slot },
      );
    }
    const account = openAccount(await exchangeTotals(options, ports), options.budget);
    const outcome = await ports.ledger.commit({
      token: `open-account:${slot}`,
      writes: [
        options.guard(),
        { kind: 'put', key: keys.account(slot), expected: 'absent', value: accountToJson(account) },
      ],
      audit: [
        {
          stream: 'trading',
          timestamp: options.startedAt,
          eventType: 'AccountOpened',
          user: 'trader',
          action: 'open',
          sessionId: options.sessionId,
          details: { slot, base: account.baseline.base.toFixed(), quote: account.baseline.quote.toFixed() },
        },
      ],
      events: [],
    });
    if (outcome.outcome === 'conflict')
      throw new AresError('FENCED', `the trader must own ${slot} to open its books`, { slot });
    return { account, accountVersion: 1, unsettled: [], orderVersions: new Map() };
  }
  const unsettled: Item[] = [];
  let after: string | undefined;
  do {
    const page = await ports.ledger.query({
      table: 'state',
      ...pick(indexes.unsettledOrders(slot)),
      by: 'index',
      limit: 100,
      ...(after ? { after } : {}),
    });
    unsettled.push(...page.items);
    after = page.next;
  } while (after);
  return {
    account: parseAccount(item.value),
    accountVersion: item.version,
    unsettled: unsettled.map((order) => parseOwnOrder(order.value)),
    orderVersions: new Map(unsettled.map((order) => [order.key.sk, order.version])),
  };
}

const pick = ({ pk }: { readonly pk: string }) => ({ pk });

/**
 * Brings the books to what the exchange says: orders that ended meanwhile are settled, resting ones cancelled, unknown ones asked for, and balances compared.
 *
 * @throws whatever a read of the exchange throws: a failed read means no trading, never "flat"
 */
export async function recoverSlot(
  books: StoredBooks,
  options: RecoverOptions,
  journal: TradingJournal,
  ports: RecoverPorts,
): Promise<Recovery> {
  const { slot, rules } = options;
  let { account } = books;
  const since = epochMillis(
    Math.max(
      0,
      Math.min(account.settledThrough, ...books.unsettled.map((order) => order.barClose)) - 2 * options.barMillis,
    ),
  );

  for (const open of await ports.exchange.openOrders(rules.symbol)) {
    if (parseClientOrderId(slot, open.clientOrderId)) await ports.exchange.cancel(rules.symbol, open.clientOrderId);
    else
      ports.log.warn('an order that is not ours rests on the exchange and is left alone', {
        slot,
        clientOrderId: open.clientOrderId,
      });
  }
  const reports = new Map<string, OrderReport>();
  for (const report of await ports.exchange.ordersSince(rules.symbol, since)) {
    if (parseClientOrderId(slot, report.clientOrderId)) reports.set(report.clientOrderId, report);
  }
  const fills = await ports.exchange.fillsSince(rules.symbol, since);
  const decidedBars = new Set<number>();
  const known = new Map(books.unsettled.map((order) => [order.clientOrderId, order]));
  let settledNow = 0;
  for (const id of new Set([...known.keys(), ...reports.keys()])) {
    decidedBars.add(parseClientOrderId(slot, id)?.barClose ?? 0);
    const stored = known.get(id);
    if (!stored && (await ports.ledger.get(keys.order(slot, id)))?.value.settled === true) continue;
    const report = reports.get(id) ?? (await askPatiently(id, options, ports));
    const order = report
      ? withExchangeFacts(stored ?? orderOfReport(slot, report), report, fills)
      : { ...(stored as OwnOrder), state: 'rejected' as const, reason: 'never reached the exchange' };
    if (!isSettled(order)) {
      return {
        outcome: 'mismatch',
        account,
        decidedBars,
        reason: `order ${id} must have ended with all its fills, was ${order.state} with ${order.fills.size} fills`,
      };
    }
    const booked = bookFills(account, [...order.fills.values()], rules);
    account = booked.account;
    journal.settled(order, account, booked.realisedPnl);
    settledNow += 1;
  }
  await journal.flush();

  const totals = await exchangeTotals(options, ports);
  const expectedBase = account.baseline.base.plus(account.position.quantity);
  const expectedQuote = account.baseline.quote.plus(account.quoteFlow);
  for (const [asset, expected, actual] of [
    [rules.base, expectedBase, totals.base],
    [rules.quote, expectedQuote, totals.quote],
  ] as const) {
    if (!expected.eq(actual)) {
      return {
        outcome: 'mismatch',
        account,
        decidedBars,
        reason: `balance of ${asset} must be ${expected.toFixed()}, was ${actual.toFixed()}`,
      };
    }
  }
  return { outcome: 'ready', account, decidedBars, settledNow };
}

/** Asks for an order by its id, and again after a receive window: only then can it no longer turn up. */
async function askPatiently(
  id: string,
  options: RecoverOptions,
  ports: RecoverPorts,
): Promise<OrderReport | undefined> {
  const first = await ports.exchange.order(options.rules.symbol, id);
  if (first) return first;
  await ports.timers.sleep(options.recvWindowMs);
  return ports.exchange.order(options.rules.symbol, id);
}

/** An order of ours that the exchange knows and the database does not: sent just before a crash. */
function orderOfReport(slot: SlotId, report: OrderReport): OwnOrder {
  const name = parseClientOrderId(slot, report.clientOrderId);
  return {
    clientOrderId: report.clientOrderId,
    exchangeOrderId: report.exchangeOrderId,
    symbol: report.symbol,
    side: report.side,
    quantity: report.quantity,
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

async function exchangeTotals(
  options: RecoverOptions,
  ports: RecoverPorts,
): Promise<{ readonly base: Decimal; readonly quote: Decimal }> {
  const balances = await ports.exchange.balances();
  const total = (asset: string): Decimal => {
    const balance = balances.get(asset);
    return balance ? balance.free.plus(balance.locked) : ZERO;
  };
  return { base: total(options.rules.base), quote: total(options.rules.quote) };
}
