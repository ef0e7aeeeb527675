import type { Decimal } from '../trading/money.ts';
import { ZERO } from '../trading/money.ts';
import { hasLimit, type OrderDraft, type PairDraft, type Refusal, refusal } from './venue-order.ts';

/** The price of a half that counts against the last price: its limit, or the trigger of what has only that. */
const priceOf = (draft: OrderDraft): Decimal =>
  (draft.type.startsWith('stop_loss') || !hasLimit(draft.type) ? draft.stopPrice : draft.price) ?? ZERO;

const isStop = ({ type }: OrderDraft): boolean => type === 'stop_loss' || type === 'stop_loss_limit';
const isTarget = ({ type }: OrderDraft): boolean =>
  type === 'limit_maker' || type === 'take_profit' || type === 'take_profit_limit';

/** What is wrong with two orders as a pair, or `undefined`. */
export function checkPair({ above, below }: PairDraft, lastPrice: Decimal): Refusal | undefined {
  const [target, stop] = above.side === 'sell' ? [above, below] : [below, above];
  if (!isTarget(target) || !isStop(stop) || above.side !== below.side) {
    const must =
      'a sale must have limit_maker, take_profit or take_profit_limit above and a stop_loss below, a purchase the other way round';
    return refusal(
      'PAIR_TYPES',
      `${must}, was ${above.side} ${above.type} above and ${below.side} ${below.type} below`,
    );
  }
  if (!above.quantity || !below.quantity || !above.quantity.eq(below.quantity)) {
    return refusal('PAIR_TYPES', 'both orders of a pair must have one quantity, had two');
  }
  if (above.clientOrderId === below.clientOrderId) {
    return refusal('DUPLICATE_CLIENT_ORDER_ID', `the orders must have two ids, had "${above.clientOrderId}" twice`);
  }
  const [high, low] = [priceOf(above), priceOf(below)];
  if (high.gt(lastPrice) && low.lt(lastPrice)) return undefined;
  const must = `the last price ${lastPrice.toFixed()} must lie between the prices of a pair`;
  return refusal('PAIR_PRICES', `${must}, they were ${low.toFixed()} and ${high.toFixed()}`);
}
