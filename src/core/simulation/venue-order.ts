import type { EpochMillis } from '../ports/clock.ts';
import type { OrderStatus, Side } from '../ports/exchange.ts';
import type { Decimal } from '../trading/money.ts';

export type VenueOrderType =
  | 'market'
  | 'limit'
  | 'limit_maker'
  | 'stop_loss'
  | 'stop_loss_limit'
  | 'take_profit'
  | 'take_profit_limit';

export type TimeInForce = 'gtc' | 'ioc' | 'fok';

/** An order as it reaches the venue. */
export interface OrderDraft {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: VenueOrderType;
  readonly timeInForce: TimeInForce;
  /** Base currency; a market order may give `quoteQuantity` in its place. */
  readonly quantity?: Decimal;
  /** Quote currency to spend or to receive; market orders only. */
  readonly quoteQuantity?: Decimal;
  readonly price?: Decimal;
  readonly stopPrice?: Decimal;
}

/** Two orders as they reach the venue: the quantity and the side are the same for both. */
export interface PairDraft {
  readonly listClientOrderId: string;
  /** The one whose price lies above the market. */
  readonly above: OrderDraft;
  /** The one whose price lies below the market. */
  readonly below: OrderDraft;
}

/** An order of the venue, as it stood at one moment. */
export interface VenueOrder {
  readonly id: number;
  /** The pair it is one half of, `null` for an order by itself. */
  readonly listId: number | null;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: VenueOrderType;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus;
  /** 0 for orders without a limit. */
  readonly price: Decimal;
  /** 0 for orders without a trigger. */
  readonly stopPrice: Decimal;
  readonly quantity: Decimal;
  /** What a market order by quote asked for, else 0. */
  readonly quoteQuantity: Decimal;
  readonly filled: Decimal;
  /** Quote currency exchanged so far. */
  readonly cost: Decimal;
  readonly createdAt: EpochMillis;
  readonly updatedAt: EpochMillis;
  /** When it went to the book; `null` while a trigger is waited for. */
  readonly workingAt: EpochMillis | null;
}

export interface VenueTrade {
  readonly id: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Price × quantity. */
  readonly cost: Decimal;
  /** Taken from what the trade brought in. */
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly maker: boolean;
  readonly at: EpochMillis;
}

/** Two orders of one side and quantity, of which the venue ends the other as soon as one of them trades or is triggered. */
export interface VenuePair {
  readonly listId: number;
  readonly listClientOrderId: string;
  /** The stop first, as Binance lists them. */
  readonly orders: readonly { readonly id: number; readonly clientOrderId: string }[];
  readonly status: 'executing' | 'done';
  readonly createdAt: EpochMillis;
  readonly updatedAt: EpochMillis;
}

/** Something that happened to an order; `order` is how it stood just after. A pair begins after its orders and is done when both have ended. */
export type VenueEvent =
  | { readonly kind: 'new' | 'triggered' | 'cancelled' | 'expired'; readonly order: VenueOrder }
  | { readonly kind: 'trade'; readonly order: VenueOrder; readonly trade: VenueTrade }
  | { readonly kind: 'pair_started'; readonly order: VenueOrder; readonly pair: VenuePair }
  | { readonly kind: 'pair_done'; readonly order: VenueOrder; readonly pair: VenuePair };

export type RefusalReason =
  | 'NO_MARKET'
  | 'PRICE_FILTER'
  | 'PERCENT_PRICE_BY_SIDE'
  | 'LOT_SIZE'
  | 'NOTIONAL'
  | 'MAX_NUM_ORDERS'
  | 'MAX_NUM_ALGO_ORDERS'
  | 'DUPLICATE_CLIENT_ORDER_ID'
  | 'WOULD_TAKE'
  | 'WOULD_TRIGGER'
  | 'PAIR_TYPES'
  | 'PAIR_PRICES'
  | 'MAX_NUM_ORDER_LISTS'
  | 'INSUFFICIENT_BALANCE';

export interface Refusal {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
  /** What must be and what was. */
  readonly message: string;
}

export const refusal = (reason: RefusalReason, message: string): Refusal => ({ outcome: 'refused', reason, message });

/** Whether the order waits for a trigger before it works. */
export const hasTrigger = (type: VenueOrderType): boolean =>
  type.startsWith('stop_loss') || type.startsWith('take_profit');

/** Whether the order never trades beyond a price of its own. */
export const hasLimit = (type: VenueOrderType): boolean => type.startsWith('limit') || type.endsWith('_limit');

/** Whether the trigger is reached by a falling price, else by a rising one. */
export const triggersBelow = (type: VenueOrderType, side: Side): boolean =>
  type.startsWith('stop_loss') === (side === 'sell');
