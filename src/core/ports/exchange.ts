import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { ApprovedOrder, ApprovedPair, OrderType } from '../risk/approved-order.ts';
import type { Decimal, Price, Quantity } from '../trading/money.ts';
import type { Side } from '../trading/side.ts';
import type { EpochMillis } from './clock.ts';

export type { Side } from '../trading/side.ts';

/** What the exchange demands of an order in one market. */
export interface MarketRules {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly priceStep: Decimal;
  readonly quantityStep: Decimal;
  readonly minQuantity: Decimal;
  /** Of one order, where the exchange names one. */
  readonly maxQuantity?: Decimal;
  /** In quote currency. */
  readonly minNotional: Decimal;
  /** Fractions of the notional. */
  readonly takerFee: Decimal;
  readonly makerFee: Decimal;
}

/** What the exchange can do in one market; what it cannot, the engine does itself or refuses at start. */
export interface MarketCapabilities {
  readonly orderTypes: ReadonlySet<OrderType>;
  /** Take-profit and stop-loss rest as one pair, of which only one can trade. */
  readonly pairs: boolean;
  /** A resting order is cancelled and another placed in one request. */
  readonly replace: boolean;
  /** Orders go over a socket that stays open. */
  readonly socketOrders: boolean;
  /** A signed request that arrives after its window is refused: without that a delayed order may appear at any time, and nothing is traded live. */
  readonly requestWindow: boolean;
  /** An id is only unique among open orders: sending one again after its order has ended makes a second order. */
  readonly reusesClientOrderIds: boolean;
  /** Deposits and withdrawals can be read: only then is a changed balance explained. */
  readonly transfers: boolean;
}

export type OrderStatus = 'new' | 'partially_filled' | 'filled' | 'cancelled' | 'expired' | 'rejected';

/** What the exchange says of an order. */
export interface OrderReport {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly exchangeOrderId: string;
  readonly side: Side;
  readonly status: OrderStatus;
  readonly quantity: Quantity;
  readonly filled: Quantity;
  /** Market time of the exchange's last change of it. */
  readonly updatedAt: EpochMillis;
}

export interface Fill {
  readonly symbol: string;
  /** Unique in its symbol. */
  readonly tradeId: string;
  readonly exchangeOrderId: string;
  /** Absent where the exchange's trade history does not say it: resolve by the exchange's order id. */
  readonly clientOrderId?: string;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly executedAt: EpochMillis;
}

/** Money that came or went other than by trading. */
export interface Transfer {
  /** Unique in its account. */
  readonly id: string;
  readonly asset: string;
  /** Above 0 came in, below 0 went out, the exchange's fee for it included. */
  readonly amount: Decimal;
  /** When the balance changed, by the exchange's clock. */
  readonly at: EpochMillis;
}

export interface Balance {
  readonly free: Decimal;
  readonly locked: Decimal;
}

export type SubmitOutcome =
  /** Acknowledged; `fills` are those the answer carried, which may be all, some or none. */
  | { readonly outcome: 'acknowledged'; readonly report: OrderReport; readonly fills: readonly Fill[] }
  /** The exchange answered that it does not take the order: it is certain that nothing was placed. */
  | { readonly outcome: 'rejected'; readonly code: string; readonly reason: string }
  /** No answer, or one that leaves it open. The order may be live: ask by client order id before anything else. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type CancelOutcome =
  | { readonly outcome: 'cancelled'; readonly report: OrderReport }
  | { readonly outcome: 'not_open' }
  | { readonly outcome: 'unknown'; readonly reason: string };

export type PairOutcome =
  /** Both rest. */
  | { readonly outcome: 'acknowledged'; readonly takeProfit: OrderReport; readonly stopLoss: OrderReport }
  /** It is certain that neither was placed. */
  | { readonly outcome: 'rejected'; readonly code: string; readonly reason: string }
  /** Both or neither may rest: ask for each by its client order id. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type ReplaceOutcome =
  | {
      readonly outcome: 'replaced';
      readonly cancelled: OrderReport;
      readonly report: OrderReport;
      readonly fills: readonly Fill[];
    }
  /** The old order was not open any more, or could not be cancelled: nothing was placed. */
  | { readonly outcome: 'kept'; readonly code: string; readonly reason: string }
  /** The old order is cancelled, the new one was refused. */
  | {
      readonly outcome: 'cancelled_only';
      readonly cancelled: OrderReport;
      readonly code: string;
      readonly reason: string;
    }
  /** Ask for both by their client order ids. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** One market's candles, trades and book tops. */
export interface Feed {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** `receivedAt` is monotonic milliseconds, stamped when the frame left the socket. */
export type StreamMessage =
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly candle: Candle;
      /** The exchange's time of sending. */
      readonly at: EpochMillis;
      /** True once a bar, when the exchange says it is final. */
      readonly closed: boolean;
      readonly receivedAt: number;
    }
  | {
      readonly kind: 'trade';
      readonly symbol: string;
      readonly price: Price;
      readonly quantity: Quantity;
      readonly at: EpochMillis;
      readonly receivedAt: number;
    }
  | {
      readonly kind: 'book-top';
      readonly symbol: string;
      readonly bid: Price;
      readonly ask: Price;
      readonly bidQuantity: Quantity;
      readonly askQuantity: Quantity;
      readonly receivedAt: number;
    }
  | { readonly kind: 'order'; readonly report: OrderReport; readonly receivedAt: number }
  | { readonly kind: 'fill'; readonly fill: Fill; readonly receivedAt: number }
  /** Money came or went; which transfer it was is read by `transfersSince`. */
  | {
      readonly kind: 'balance-change';
      readonly asset: string;
      readonly change: Decimal;
      readonly at: EpochMillis;
      readonly receivedAt: number;
    }
  /** After `down` nothing may be assumed seen: gaps are read by REST when it is `up` again. */
  | {
      readonly kind: 'connection';
      readonly state: 'up' | 'down';
      readonly channel: 'market' | 'account';
      readonly reason: string;
    };

export interface Stream {
  /** Resolves when the sockets are closed and no more messages will come. */
  close(): Promise<void>;
}

/** The market, read only: needs no keys. */
export interface MarketData {
  rules(symbol: string): Promise<MarketRules>;
  /** The exchange's wall time. */
  serverTime(): Promise<EpochMillis>;
  /**
   * Closed bars only, oldest first: those with `openTime` ≥ `since` (without one: the newest), at most `limit`; pages inside when the exchange gives fewer at a time.
   */
  candles(request: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly since?: EpochMillis;
    readonly limit: number;
  }): Promise<readonly Candle[]>;
  close(): Promise<void>;
}

/**
 * One exchange account.
 *
 * Reads reject with AresError `EXCHANGE_UNAVAILABLE` (nothing known: network, 5xx, rate limit after retries; `data.status` where there is one) or
 * `EXCHANGE_REFUSED` (the exchange answered no: bad key, unknown symbol). They are retried with backoff inside where that is safe. Submitting is never retried inside.
 */
export interface Exchange extends MarketData {
  balances(): Promise<ReadonlyMap<string, Balance>>;
  openOrders(symbol: string): Promise<readonly OrderReport[]>;
  /** Every order updated or created since, whatever its status, oldest first, all pages. */
  ordersSince(symbol: string, since: EpochMillis): Promise<readonly OrderReport[]>;
  /** Every own trade since, oldest first, all pages. */
  fillsSince(symbol: string, since: EpochMillis): Promise<readonly Fill[]>;
  /**
   * The order with this client id, `undefined` when the exchange says it knows none.
   *
   * @param exchangeOrderId of an order that the exchange has taken: found by it where the client id is gone, as that of a cancelled pair is
   */
  order(symbol: string, clientOrderId: string, exchangeOrderId?: string): Promise<OrderReport | undefined>;
  /** Money that came or went since, oldest first; empty where the exchange cannot say (see {@link MarketCapabilities}). */
  transfersSince(since: EpochMillis): Promise<readonly Transfer[]>;
  capabilities(symbol: string): Promise<MarketCapabilities>;
  submit(order: ApprovedOrder): Promise<SubmitOutcome>;
  /** Where preparing an order takes long after a wait: does what `submit` does up to its bytes, and drops them; nothing leaves the process. */
  rehearse?(order: ApprovedOrder): void;
  /** Where `capabilities.pairs`. */
  submitPair(pair: ApprovedPair): Promise<PairOutcome>;
  /** Where `capabilities.replace`: cancels the order with this client id and places the other; the new one is placed only when the old was cancelled. */
  replace(cancelClientOrderId: string, order: ApprovedOrder): Promise<ReplaceOutcome>;
  cancel(symbol: string, clientOrderId: string): Promise<CancelOutcome>;
  /**
   * Candles, trades and book tops of the feeds and the account's orders, fills and balance changes. Messages are handed over synchronously, in the order of their sockets.
   * Resolves when every channel is subscribed; reconnects by itself and says so by `connection` messages.
   */
  stream(request: { readonly feeds: readonly Feed[] }, listener: (message: StreamMessage) => void): Promise<Stream>;
}
