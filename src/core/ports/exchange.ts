import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { ApprovedOrder } from '../risk/approved-order.ts';
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
  /** In quote currency. */
  readonly minNotional: Decimal;
  /** Fractions of the notional. */
  readonly takerFee: Decimal;
  readonly makerFee: Decimal;
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

/** `receivedAt` is monotonic milliseconds, stamped when the frame left the socket. */
export type StreamMessage =
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly candle: Candle;
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
      readonly receivedAt: number;
    }
  | { readonly kind: 'order'; readonly report: OrderReport; readonly receivedAt: number }
  | { readonly kind: 'fill'; readonly fill: Fill; readonly receivedAt: number }
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
  /** The order with this client id, `undefined` when the exchange says it knows none. */
  order(symbol: string, clientOrderId: string): Promise<OrderReport | undefined>;
  submit(order: ApprovedOrder): Promise<SubmitOutcome>;
  cancel(symbol: string, clientOrderId: string): Promise<CancelOutcome>;
  /**
   * Candles, trades and book tops of the symbols and the account's orders and fills. Messages are handed over synchronously, in the order of their sockets.
   * Resolves when every channel is subscribed; reconnects by itself and says so by `connection` messages.
   */
  stream(
    request: { readonly symbols: readonly string[]; readonly timeframe: Timeframe },
    listener: (message: StreamMessage) => void,
  ): Promise<Stream>;
}
