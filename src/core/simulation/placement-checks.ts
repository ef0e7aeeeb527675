import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
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

/** What the market as it stands says against an order that keeps the rules, or `undefined`. */
export function checkMarket(
  working: WorkingOrder,
  fills: readonly Level[],
  { book, ticks }: Placement,
): Refusal | undefined {
  const { order, below } = working;
  if (order.type === 'limit_maker' && fills.length > 0) {
    return refusal('WOULD_TAKE', `a limit maker's price must not meet the book, was ${order.price.toFixed()}`);
  }
  if (isReached(working, ticks)) {
    const must = `stopPrice must be ${below ? 'below' : 'above'} the last price ${book.price(ticks).toFixed()}`;
    return refusal('WOULD_TRIGGER', `${must}, was ${order.stopPrice.toFixed()}`);
  }
  return undefined;
}

/** `undefined` where the free balance covers the amount. */
export function checkCovered(asset: string, needed: Decimal, account: Account): Refusal | undefined {
  const { free } = account.balance(asset);
  if (needed.lte(free)) return undefined;
  return refusal('INSUFFICIENT_BALANCE', `free ${asset} must be at least ${needed.toFixed()}, was ${free.toFixed()}`);
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
  const { rules, book, account } = placement;
  const { order, limitTicks, stopTicks } = working;
  const refused = checkMarket(working, fills, placement);
  // Like the real one: a sale must be covered whole, even where the book does not take all of it.
  if (refused || order.side === 'sell') return refused ?? checkCovered(rules.base, order.quantity, account);
  let needed = ZERO;
  let steps = 0;
  for (const level of fills) {
    needed = needed.plus(book.price(level.ticks).times(book.quantity(level.steps)));
    steps += level.steps;
  }
  const rests = stopTicks !== undefined || (limitTicks !== undefined && order.timeInForce === 'gtc');
  if (rests) needed = needed.plus(lockedBy({ ...order, filled: book.quantity(steps) }, rules).amount);
  return checkCovered(rules.quote, needed, account);
}
