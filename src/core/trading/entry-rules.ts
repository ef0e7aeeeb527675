import type { MarketRules } from '../ports/exchange.ts';
import type { OrderType, TimeInForce } from '../risk/approved-order.ts';
import type { EntrySettings } from './engine-settings.ts';
import { type Decimal, decimal, decimalOf, floorToStep, isClearlyWithin, type Price, price } from './money.ts';

export interface Book {
  readonly bid: Price;
  readonly ask: Price;
}

/** The kind of order an entry is, and its price. */
export interface EntryTerms {
  readonly type: OrderType;
  readonly limitPrice?: Price;
  readonly timeInForce?: TimeInForce;
}

const ONE = decimal('1');
const TWO = decimal('2');

/** The highest price an entry may follow the market to. */
export function highestEntry(signalPrice: Decimal, entry: EntrySettings, rules: Pick<MarketRules, 'priceStep'>): Price {
  return price(floorToStep(signalPrice.times(ONE.plus(decimalOf(entry.maxSlippageFraction))), rules.priceStep));
}

/**
 * How an entry is priced: a limit at the ask, so that it takes what is offered and rests with what is left; a post-only at the bid. Neither above the highest
 * price the settings allow; without a book, at the signal's price.
 */
export function entryTerms(
  entry: EntrySettings,
  signalPrice: Decimal,
  book: Book | null,
  rules: Pick<MarketRules, 'priceStep'>,
): EntryTerms {
  if (entry.type === 'market') return { type: 'market' };
  const highest = highestEntry(signalPrice, entry, rules);
  const best = entry.type === 'limit' ? book?.ask : book?.bid;
  const wanted = best ?? price(floorToStep(signalPrice, rules.priceStep));
  const limitPrice = wanted.gt(highest) ? highest : wanted;
  return entry.type === 'limit'
    ? { type: 'limit', limitPrice, timeInForce: entry.timeInForce }
    : { type: 'post_only', limitPrice };
}

/** Why the market is not one to enter; `undefined` when it is. */
export function entryObstacle(
  entry: EntrySettings,
  signalPrice: Decimal,
  book: Book | null,
  rules: Pick<MarketRules, 'priceStep'>,
): string | undefined {
  if (!book) return undefined;
  const { bid, ask } = book;
  const { maxSlippageFraction, maxSpreadFraction } = entry;
  // What is within a fraction of the bid, the lower of the two, is so of their middle; half the slippage leaves room for the price step that the highest price is cut to.
  const isNarrow = ask.gte(bid) && isClearlyWithin(ask, bid, maxSpreadFraction);
  const isPriceStepSmall = isClearlyWithin(signalPrice.plus(rules.priceStep), signalPrice, maxSlippageFraction / 2);
  if (isNarrow && isPriceStepSmall && isClearlyWithin(ask, signalPrice, maxSlippageFraction / 2)) return undefined;
  const twiceMiddle = bid.plus(ask);
  if (
    ask
      .minus(bid)
      .times(TWO)
      .gt(twiceMiddle.times(decimalOf(entry.maxSpreadFraction)))
  ) {
    const was = ask.minus(bid).times(2).div(twiceMiddle).toFixed(6);
    return `entry-spread: spread must be at most ${entry.maxSpreadFraction} of the price to enter, was ${was}`;
  }
  const highest = highestEntry(signalPrice, entry, rules);
  if (entry.type === 'market' && ask.gt(highest)) {
    return `entry-slippage: ask must be at most ${highest.toFixed()} to enter at market, was ${ask.toFixed()}`;
  }
  return undefined;
}

/** Where a resting entry is to be moved: the market has left it behind, and the settings let it follow. `undefined`: it stays. */
export function repricedTo(
  resting: Decimal,
  entry: EntrySettings,
  signalPrice: Decimal,
  book: Book,
  rules: Pick<MarketRules, 'priceStep'>,
): Price | undefined {
  // As long as it is the best bid, or above, it is first in line.
  if (book.bid.lte(resting)) return undefined;
  const { limitPrice } = entryTerms(entry, signalPrice, book, rules);
  return limitPrice?.gt(resting) ? limitPrice : undefined;
}
