import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';
import { hasLimit, hasTrigger, type OrderDraft, type Refusal, refusal } from './venue-order.ts';

/** Bounds that Binance spot sets for every market of interest here. */
export const ORDER_BOUNDS = {
  maxPrice: decimal('1000000'),
  maxQuantity: decimal('9000'),
  maxNotional: decimal('9000000'),
  /** A limit price lies between these fractions of the last price. */
  lowestPriceShare: decimal('0.2'),
  highestPriceShare: decimal('5'),
  maxOrders: 200,
  maxTriggerOrders: 5,
  maxPairs: 20,
} as const;

/** What the rules ask of the orders that are open already. */
export interface OpenOrderCounts {
  readonly size: number;
  /** How many wait for a trigger. */
  waiting(): number;
  hasClientId(clientOrderId: string): boolean;
}

/** Whether a decimal is a whole number of steps. */
function isMultiple(amount: Decimal, step: Decimal): boolean {
  // One digit: a step like 0.001, for which the places behind the point decide. `c` are the digits, `e` the place of the first.
  if (step.c.length === 1 && step.c[0] === 1) return amount.c.length - 1 - amount.e <= -step.e || amount.eq(ZERO);
  return amount.mod(step).eq(ZERO);
}

function checkPrice(name: string, value: Decimal | undefined, rules: MarketRules): Refusal | undefined {
  const price = value ?? ZERO;
  if (price.gt(ZERO) && price.lte(ORDER_BOUNDS.maxPrice) && isMultiple(price, rules.priceStep)) return undefined;
  const must = `a multiple of ${rules.priceStep.toFixed()} above 0, at most ${ORDER_BOUNDS.maxPrice.toFixed()}`;
  return refusal('PRICE_FILTER', `${name} must be ${must}, was ${price.toFixed()}`);
}

function checkQuantity(quantity: Decimal, rules: MarketRules): Refusal | undefined {
  const inRange = quantity.gte(rules.minQuantity) && quantity.lte(ORDER_BOUNDS.maxQuantity);
  if (inRange && isMultiple(quantity, rules.quantityStep)) return undefined;
  const range = `from ${rules.minQuantity.toFixed()} to ${ORDER_BOUNDS.maxQuantity.toFixed()}`;
  const must = `a multiple of ${rules.quantityStep.toFixed()}, ${range}`;
  return refusal('LOT_SIZE', `quantity must be ${must}, was ${quantity.toFixed()}`);
}

function checkNotional(notional: Decimal, rules: MarketRules): Refusal | undefined {
  if (notional.gte(rules.minNotional) && notional.lte(ORDER_BOUNDS.maxNotional)) return undefined;
  const range = `from ${rules.minNotional.toFixed()} to ${ORDER_BOUNDS.maxNotional.toFixed()}`;
  return refusal('NOTIONAL', `notional must be ${range} ${rules.quote}, was ${notional.toFixed()}`);
}

function checkCollar(price: Decimal, last: Decimal): Refusal | undefined {
  const lowest = last.times(ORDER_BOUNDS.lowestPriceShare);
  const highest = last.times(ORDER_BOUNDS.highestPriceShare);
  if (price.gte(lowest) && price.lte(highest)) return undefined;
  const range = `from ${lowest.toFixed()} to ${highest.toFixed()}`;
  return refusal('PERCENT_PRICE_BY_SIDE', `price must be ${range}, was ${price.toFixed()}`);
}

function checkCounts(draft: OrderDraft, open: OpenOrderCounts, adding: number): Refusal | undefined {
  if (open.size + adding > ORDER_BOUNDS.maxOrders) {
    return refusal('MAX_NUM_ORDERS', `open orders must be fewer than ${ORDER_BOUNDS.maxOrders}, were ${open.size}`);
  }
  if (!hasTrigger(draft.type)) return undefined;
  const triggers = open.waiting();
  if (triggers >= ORDER_BOUNDS.maxTriggerOrders) {
    const must = `orders waiting for a trigger must be fewer than ${ORDER_BOUNDS.maxTriggerOrders}`;
    return refusal('MAX_NUM_ALGO_ORDERS', `${must}, were ${triggers}`);
  }
  return undefined;
}

/** An id may come again once its order has ended, as on Binance. */
export function checkClientId(clientOrderId: string, open: OpenOrderCounts): Refusal | undefined {
  if (!open.hasClientId(clientOrderId)) return undefined;
  const must = 'clientOrderId must be unlike those of open orders';
  return refusal('DUPLICATE_CLIENT_ORDER_ID', `${must}, was "${clientOrderId}"`);
}

/**
 * What the market's rules say against an order, or `undefined`; ids, balances and the book are looked at elsewhere.
 *
 * @param adding how many orders come with it, itself included
 */
export function checkOrder(
  draft: OrderDraft,
  rules: MarketRules,
  lastPrice: Decimal,
  open: OpenOrderCounts,
  adding = 1,
): Refusal | undefined {
  const limit = hasLimit(draft.type) ? (draft.price ?? ZERO) : undefined;
  const reference = limit ?? (hasTrigger(draft.type) ? (draft.stopPrice ?? ZERO) : lastPrice);
  return (
    (limit && checkPrice('price', limit, rules)) ??
    (hasTrigger(draft.type) ? checkPrice('stopPrice', draft.stopPrice, rules) : undefined) ??
    (limit && checkCollar(limit, lastPrice)) ??
    (draft.quoteQuantity
      ? checkNotional(draft.quoteQuantity, rules)
      : (checkQuantity(draft.quantity ?? ZERO, rules) ??
        checkNotional(reference.times(draft.quantity ?? ZERO), rules))) ??
    checkCounts(draft, open, adding)
  );
}
