import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, decimal } from '../trading/money.ts';
import { type BookScale, toTicks } from './order-book.ts';
import { hasLimit, hasTrigger, triggersBelow, type VenueOrder } from './venue-order.ts';

/** An open order with what matching asks of it at every price, in whole steps. */
export interface WorkingOrder {
  order: VenueOrder;
  readonly limitTicks: number | undefined;
  /** Present while the trigger is waited for. */
  stopTicks: number | undefined;
  readonly below: boolean;
}

export function workingOrder(order: VenueOrder, scale: BookScale): WorkingOrder {
  const waits = hasTrigger(order.type) && order.workingAt === null;
  return {
    order,
    limitTicks: hasLimit(order.type) ? toTicks(scale, Number(order.price)) : undefined,
    stopTicks: waits ? toTicks(scale, Number(order.stopPrice)) : undefined,
    below: triggersBelow(order.type, order.side),
  };
}

/** Whether the trigger goes off at this price; never for an order that waits for none. */
export function isReached({ stopTicks, below }: WorkingOrder, ticks: number): boolean {
  if (stopTicks === undefined) return false;
  return below ? ticks <= stopTicks : ticks >= stopTicks;
}

/** What an open order holds locked: quote for buys (at its limit, or its trigger), base for sells. */
export function lockedBy(order: VenueOrder, rules: MarketRules): { readonly asset: string; readonly amount: Decimal } {
  const left = order.quantity.minus(order.filled);
  if (order.side === 'sell') return { asset: rules.base, amount: left };
  const price = hasLimit(order.type) ? order.price : order.stopPrice;
  return { asset: rules.quote, amount: price.times(left) };
}

type Texts = 'price' | 'stopPrice' | 'quantity' | 'quoteQuantity' | 'filled' | 'cost';

/** An order as JSON: decimals as text. */
export type VenueOrderTexts = Omit<VenueOrder, Texts> & Readonly<Record<Texts, string>>;

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
    price: decimal(texts.price),
    stopPrice: decimal(texts.stopPrice),
    quantity: decimal(texts.quantity),
    quoteQuantity: decimal(texts.quoteQuantity),
    filled: decimal(texts.filled),
    cost: decimal(texts.cost),
  };
}
