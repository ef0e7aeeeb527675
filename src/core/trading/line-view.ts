import type { EpochMillis } from '../ports/clock.ts';
import type { MarketRules, Side } from '../ports/exchange.ts';
import type { RiskContext, TradingMode } from '../risk/risk-context.ts';
import type { Leg } from './client-order-id.ts';
import { type Decimal, type Price, ZERO } from './money.ts';
import type { OrderState } from './order-lifecycle.ts';
import type { Position } from './position.ts';
import type { Holding } from './slot-account.ts';

/** An order that has not ended, as decisions and risk see it. */
export interface OpenOrderView {
  readonly clientOrderId: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly state: OrderState;
  readonly barClose: EpochMillis;
  readonly pairId: string | null;
  /** Not filled yet, in base currency. */
  readonly remaining: Decimal;
  /** Its limit, or else its stop; `null` of a market order. */
  readonly price: Price | null;
}

/** All that risk needs to know of a line at one moment. Money in quote currency, ages in milliseconds of monotonic time. */
export interface LineView {
  readonly rules: MarketRules;
  readonly mode: TradingMode;
  readonly marketTime: EpochMillis;
  /** With the fills of open orders. */
  readonly position: Position;
  readonly equity: Decimal;
  readonly dayStartEquity: Decimal;
  readonly peakEquity: Decimal;
  readonly holding: Holding | null;
  readonly consecutiveLosses: number;
  readonly coolDownUntil: number;
  /** What the account has left to buy with. */
  readonly freeQuote: Decimal;
  readonly grossOfOthers: Decimal;
  readonly book: { readonly bid: Price; readonly ask: Price } | null;
  /** 0 without a book. */
  readonly bookAgeMs: number;
  readonly dataAgeMs: number;
  readonly clockSkewMs: number;
  readonly ordersLastSecond: number;
  readonly ordersLastMinute: number;
  readonly openOrders: readonly OpenOrderView[];
}

/** What rests for sale; the two of a pair count once, the larger. */
function restingSales(orders: readonly OpenOrderView[]): Decimal {
  let sum = ZERO;
  const pairs = new Map<string, Decimal>();
  for (const { side, remaining, pairId } of orders) {
    if (side !== 'sell') continue;
    if (pairId === null) sum = sum.plus(remaining);
    else if (remaining.gt(pairs.get(pairId) ?? ZERO)) pairs.set(pairId, remaining);
  }
  for (const remaining of pairs.values()) sum = sum.plus(remaining);
  return sum;
}

/** What open purchases may still cost, those without a price of their own at the mark. */
export function openEntryNotional(orders: readonly OpenOrderView[], mark: Decimal): Decimal {
  let sum = ZERO;
  for (const { side, remaining, price } of orders) if (side === 'buy') sum = sum.plus(remaining.times(price ?? mark));
  return sum;
}

/**
 * The line as risk looks at it before one order.
 *
 * @param order what is proposed; `instead` are open orders that are gone by the time it is there, or that form a pair with it
 * @param mark prices what has no price of its own
 */
export function riskContext(
  view: LineView,
  order: {
    readonly leg: Leg;
    readonly barClose: EpochMillis;
    readonly alreadySent: boolean;
    readonly instead?: (open: OpenOrderView) => boolean;
  },
  mark: Decimal,
): RiskContext {
  const { instead } = order;
  const openOrders = instead ? view.openOrders.filter((open) => !instead(open)) : view.openOrders;
  return {
    mode: view.mode,
    leg: order.leg,
    barClose: order.barClose,
    marketTime: view.marketTime,
    rules: view.rules,
    held: view.position.quantity,
    restingSales: restingSales(openOrders),
    openEntries: openEntryNotional(openOrders, view.book?.ask.gt(mark) ? view.book.ask : mark),
    grossOfOthers: view.grossOfOthers,
    equity: view.equity,
    dayStartEquity: view.dayStartEquity,
    peakEquity: view.peakEquity,
    consecutiveLosses: view.consecutiveLosses,
    coolDownUntil: view.coolDownUntil,
    book: view.book ?? undefined,
    bookAgeMs: view.bookAgeMs,
    dataAgeMs: view.dataAgeMs,
    clockSkewMs: view.clockSkewMs,
    ordersLastSecond: view.ordersLastSecond,
    ordersLastMinute: view.ordersLastMinute,
    alreadySent: order.alreadySent,
    openOrders,
  };
}
