import type { Leg } from '../trading/client-order-id.ts';
import { type Decimal, isWholeSteps, isWorthAtLeast } from '../trading/money.ts';
import type { OrderType, ProposedOrder } from './approved-order.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RiskContext } from './risk-context.ts';

/** What each leg may be. Spot, long or flat: an entry buys, everything else sells. */
const ALLOWED: Readonly<Record<Leg, readonly OrderType[]>> = {
  entry: ['market', 'limit', 'post_only', 'stop'],
  exit: ['market', 'limit', 'post_only'],
  // A market order where the engine watches the price itself.
  stop_loss: ['stop', 'market'],
  take_profit: ['limit', 'post_only', 'market'],
  pair: [],
};

/** Whether the order is one that the exchange could mean the same by: side, type and prices that fit its leg, and quantities and prices in the market's steps. */
export function checkShape(order: ProposedOrder, { leg, rules }: RiskContext): Refusal | undefined {
  const { limitPrice, quantity, referencePrice, side, stopPrice, type } = order;
  const fits = ALLOWED[leg].includes(type) && side === (leg === 'entry' ? 'buy' : 'sell');
  if (!fits) return refuse('malformed', `${leg} must be one of its order types on its side, was a ${type} ${side}`);
  const rests = type === 'limit' || type === 'post_only';
  if (rests !== (limitPrice !== undefined) || (type === 'stop') !== (stopPrice !== undefined)) {
    return refuse('malformed', `${type} order must have its own price and no other`);
  }
  if (order.timeInForce !== undefined && order.timeInForce !== 'gtc' && type !== 'limit') {
    return refuse('malformed', `only a limit order must have a time in force, was ${order.timeInForce} of ${type}`);
  }
  if (!referencePrice.gt(0)) {
    return refuse('malformed', `reference price must be above 0, was ${referencePrice.toFixed()}`);
  }
  const own = limitPrice ?? stopPrice;
  if (own && !(own.gt(0) && isWholeSteps(own, rules.priceStep))) {
    return refuse('malformed', `price must be steps of ${rules.priceStep.toFixed()} above 0, was ${own.toFixed()}`);
  }
  return checkSize(quantity, own ?? referencePrice, order, rules);
}

function checkSize(
  quantity: Decimal,
  price: Decimal,
  { side }: ProposedOrder,
  { maxQuantity, minNotional, minQuantity, quantityStep }: RiskContext['rules'],
): Refusal | undefined {
  const was = `was ${quantity.toFixed()}`;
  if (!quantity.gt(0) || quantity.lt(minQuantity)) {
    return refuse('order-size', `quantity must be above 0 and at least ${minQuantity.toFixed()}, ${was}`);
  }
  if (maxQuantity && quantity.gt(maxQuantity)) {
    return refuse('order-size', `quantity must be at most ${maxQuantity.toFixed()}, ${was}`);
  }
  if (!isWholeSteps(quantity, quantityStep)) {
    return refuse('order-size', `quantity must be steps of ${quantityStep.toFixed()}, ${was}`);
  }
  // Of a sale the exchange is the judge: by which price it values one differs, and a sale that it takes must not be kept back here.
  if (side === 'buy' && !isWorthAtLeast(quantity, price, minNotional)) {
    const worth = quantity.times(price).toFixed();
    return refuse('order-size', `order must be worth at least ${minNotional.toFixed()}, was ${worth}`);
  }
  return undefined;
}
