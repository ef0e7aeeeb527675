import type { MarketRules } from '../ports/exchange.ts';
import { ZERO } from '../trading/money.ts';
import type { Account } from './account.ts';
import type { Level } from './order-book.ts';
import type { VenueBook } from './venue-book.ts';
import { type Refusal, refusal } from './venue-order.ts';
import { isReached, lockedBy, type WorkingOrder } from './working-order.ts';

interface Placement {
  readonly rules: MarketRules;
  readonly book: VenueBook;
  readonly account: Account;
  /** The last price, in price steps. */
  readonly ticks: number;
}

/**
 * What book and balances say against an order that keeps the market's rules, or `undefined`.
 *
 * @param fills what it would take at once
 */
export function checkPlacement(
  working: WorkingOrder,
  fills: readonly Level[],
  placement: Placement,
): Refusal | undefined {
  const { rules, book, account, ticks } = placement;
  const { order, limitTicks, stopTicks, below } = working;
  if (order.type === 'limit_maker' && fills.length > 0) {
    return refusal('WOULD_TAKE', `a limit maker's price must not meet the book, was ${order.price.toFixed()}`);
  }
  if (isReached(working, ticks)) {
    const must = `stopPrice must be ${below ? 'below' : 'above'} the last price ${book.price(ticks).toFixed()}`;
    return refusal('WOULD_TRIGGER', `${must}, was ${order.stopPrice.toFixed()}`);
  }
  const asset = order.side === 'buy' ? rules.quote : rules.base;
  const cost = fills.reduce((sum, level) => sum.plus(book.price(level.ticks).times(book.quantity(level.steps))), ZERO);
  const filled = book.quantity(fills.reduce((sum, level) => sum + level.steps, 0));
  const rests = stopTicks !== undefined || (limitTicks !== undefined && order.timeInForce === 'gtc');
  const locked = rests ? lockedBy({ ...order, filled }, rules).amount : ZERO;
  // Like the real one: a sale must be covered whole, even where the book does not take all of it.
  const needed = order.side === 'buy' ? cost.plus(locked) : order.quantity;
  const { free } = account.balance(asset);
  if (needed.lte(free)) return undefined;
  return refusal('INSUFFICIENT_BALANCE', `free ${asset} must be at least ${needed.toFixed()}, was ${free.toFixed()}`);
}
