import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';
import { hasLimit, hasTrigger, type OrderDraft, type Refusal, refusal, type VenueOrder } from './venue-order.ts';

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
} as const;

const isMultiple = (amount: Decimal, step: Decimal): boolean => amount.mod(step).eq(ZERO);

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

function checkOpenOrders(draft: OrderDraft, open: readonly VenueOrder[]): Refusal | undefined {
  if (open.some((order) => order.clientOrderId === draft.clientOrderId)) {
    const must = 'clientOrderId must be unlike those of open orders';
    return refusal('DUPLICATE_CLIENT_ORDER_ID', `${must}, was "${draft.clientOrderId}"`);
  }
  if (open.length >= ORDER_BOUNDS.maxOrders) {
    return refusal('MAX_NUM_ORDERS', `open orders must be fewer than ${ORDER_BOUNDS.maxOrders}, were ${open.length}`);
  }
  const triggers = open.filter((order) => order.workingAt === null).length;
  if (hasTrigger(draft.type) && triggers >= ORDER_BOUNDS.maxTriggerOrders) {
    const must = `orders waiting for a trigger must be fewer than ${ORDER_BOUNDS.maxTriggerOrders}`;
    return refusal('MAX_NUM_ALGO_ORDERS', `${must}, were ${triggers}`);
  }
  return undefined;
}

/** What the market's rules say against an order, or `undefined`; balances and the book are looked at elsewhere. */
export function checkOrder(
  draft: OrderDraft,
  rules: MarketRules,
  lastPrice: Decimal,
  open: readonly VenueOrder[],
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
    checkOpenOrders(draft, open)
  );
}
