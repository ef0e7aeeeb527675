import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';
import { type BookScale, toTicks } from './order-book.ts';
import { hasLimit, hasTrigger, triggersBelow, type VenueOrder, type VenuePair } from './venue-order.ts';

/** An open pair with its two orders. */
export interface WorkingPair {
  pair: VenuePair;
  /** One where the other had ended before a restart. */
  readonly legs: readonly WorkingOrder[];
}

/** An open order with what matching asks of it at every price, in whole steps. */
export interface WorkingOrder {
  order: VenueOrder;
  readonly limitTicks: number | undefined;
  /** Present while the trigger is waited for. */
  stopTicks: number | undefined;
  readonly below: boolean;
  /** The pair it belongs to, also after the other half has ended. */
  pair: WorkingPair | undefined;
  /** What this order holds locked now, in the asset it gives away; the two halves of a pair share the larger of their locks, held by one of them. */
  locked: Decimal;
  /** Quantity steps of others that stand before it at its price; always 0 where the queue is not modelled. */
  ahead: number;
}

export function workingOrder(order: VenueOrder, scale: BookScale): WorkingOrder {
  const waits = hasTrigger(order.type) && order.workingAt === null;
  return {
    order,
    limitTicks: hasLimit(order.type) ? toTicks(scale, Number(order.price)) : undefined,
    stopTicks: waits ? toTicks(scale, Number(order.stopPrice)) : undefined,
    below: triggersBelow(order.type, order.side),
    pair: undefined,
    locked: ZERO,
    ahead: 0,
  };
}

/** Whether the trigger goes off at this price; never for an order that waits for none. */
export function isReached({ stopTicks, below }: WorkingOrder, ticks: number): boolean {
  if (stopTicks === undefined) return false;
  return below ? ticks <= stopTicks : ticks >= stopTicks;
}

/** What an open order by itself holds locked: quote for buys (at its limit, or its trigger), base for sells. */
export function lockedBy(order: VenueOrder, rules: MarketRules): { readonly asset: string; readonly amount: Decimal } {
  const left = order.filled.eq(ZERO) ? order.quantity : order.quantity.minus(order.filled);
  if (order.side === 'sell') return { asset: rules.base, amount: left };
  const price = hasLimit(order.type) ? order.price : order.stopPrice;
  return { asset: rules.quote, amount: price.times(left) };
}

type Texts = 'price' | 'stopPrice' | 'quantity' | 'quoteQuantity' | 'filled' | 'cost';

/** An order as JSON: decimals as text. `listId` is missing from those written before there were pairs. */
export type VenueOrderTexts = Omit<VenueOrder, Texts | 'listId'> &
  Readonly<Record<Texts, string>> & { readonly listId?: number | null };

export function orderTexts(order: VenueOrder): VenueOrderTexts {
  return {
    ...order,
    price: order.price.toFixed(),
    stopPrice: order.stopPrice.toFixed(),
    quantity: order.quantity.toFixed(),
    quoteQuantity: order.quoteQuantity.toFixed(),
    filled: order.filled.toFixed(),
    cost: order.cost.toFixed(),
  };
}

export function orderFromTexts(texts: VenueOrderTexts): VenueOrder {
  return {
    ...texts,
    listId: texts.listId ?? null,
    price: decimal(texts.price),
    stopPrice: decimal(texts.stopPrice),
    quantity: decimal(texts.quantity),
    quoteQuantity: decimal(texts.quoteQuantity),
    filled: decimal(texts.filled),
    cost: decimal(texts.cost),
  };
}
