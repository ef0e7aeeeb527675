import { type Decimal, decimal, type Price } from '../trading/money.ts';
import type { ProposedOrder } from './approved-order.ts';
import { refuseCrossed } from './check-entry-market.ts';
import { exactLimits } from './exact-limits.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RiskContext } from './risk-context.ts';
import type { RiskLimits } from './risk-limits.ts';

/** A stop under this share of the market protects nothing: a decimal point that slipped. */
const LOWEST_STOP = decimal('0.1');

/**
 * What may keep a sale back for the market's sake: only what makes the sale itself wrong.
 *
 * Slow data, an old book, a wide spread, a fallen price and a clock that is off are when one most wants to leave, and a position that cannot be left
 * loses more than a bad price does. A clock that is off makes the exchange refuse the request at worst; it does not make the sale a wrong one.
 */
export function checkSaleMarket(order: ProposedOrder, limits: RiskLimits, context: RiskContext): Refusal | undefined {
  const { limitPrice, referencePrice, stopPrice } = order;
  const { book } = context;
  const usable = book?.bid.lt(book.ask) ? book : undefined;
  if (stopPrice) return checkStop(stopPrice, referencePrice, usable?.bid);
  if (limitPrice) {
    return context.leg === 'take_profit'
      ? checkProfit(limitPrice, referencePrice, usable?.bid)
      : checkLimitSale(limitPrice, order, limits, usable);
  }
  return checkMarketSale(limits, context, usable);
}

/** A sale at any price needs one eye on the market: news of any kind that is not old, or a whole book, be it old. */
function checkMarketSale(
  { staleDataMs }: RiskLimits,
  { book, dataAgeMs }: RiskContext,
  usable: RiskContext['book'],
): Refusal | undefined {
  if (usable || dataAgeMs <= staleDataMs) return undefined;
  if (book) return refuseCrossed(book.bid, book.ask);
  return refuse(
    'no-book',
    `a sale needs a book or market data at most ${staleDataMs} ms old, was ${Math.round(dataAgeMs)} ms`,
  );
}

/**
 * A stop above the market would sell at once what it is to protect. The market is the higher of bid and reference: where the two disagree the price is
 * falling, and a stop that triggers at once does what it is for.
 */
function checkStop(stop: Price, reference: Price, bid: Price | undefined): Refusal | undefined {
  const market = higher(bid, reference);
  if (stop.gte(market)) {
    return refuse('stop-price', `stop must be below the market at ${market.toFixed()}, was ${stop.toFixed()}`);
  }
  if (stop.lt(reference.times(LOWEST_STOP))) {
    const lowest = reference.times(LOWEST_STOP).toFixed();
    return refuse('stop-price', `stop must be at least a tenth of the market, ${lowest}, was ${stop.toFixed()}`);
  }
  return undefined;
}

/** A take-profit rests above the market; where the market is there already, the position is to be left, not rested. */
function checkProfit(limit: Price, reference: Price, bid: Price | undefined): Refusal | undefined {
  const market = bid?.lt(reference) ? bid : reference;
  if (limit.gt(market)) return undefined;
  return refuse('profit-price', `take-profit must be above the market at ${market.toFixed()}, was ${limit.toFixed()}`);
}

/** A limit sale below the collar of book and reference alike was meant for another price. */
function checkLimitSale(
  limit: Price,
  { referencePrice }: ProposedOrder,
  limits: RiskLimits,
  book: RiskContext['book'],
): Refusal | undefined {
  const { lowest } = exactLimits(limits);
  if (limit.gte(referencePrice.times(lowest))) return undefined;
  if (book && limit.times(2).gte(book.bid.plus(book.ask).times(lowest))) return undefined;
  const least = referencePrice.times(lowest).toFixed();
  return refuse('collar', `price of a sale must be at least ${least}, was ${limit.toFixed()}`);
}

const higher = (one: Decimal | undefined, other: Decimal): Decimal => (one?.gt(other) ? one : other);
