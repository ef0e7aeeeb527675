import { type Decimal, decimal, isClearlyWithin } from '../trading/money.ts';
import type { ProposedOrder } from './approved-order.ts';
import { exactLimits } from './exact-limits.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RiskContext } from './risk-context.ts';
import type { RiskLimits } from './risk-limits.ts';

const TWO = decimal('2');

/** Whether an order that lets the position grow is based on a market that is seen now, whole, and at about the price it was decided at. */
export function checkEntryMarket(order: ProposedOrder, limits: RiskLimits, context: RiskContext): Refusal | undefined {
  const { book, bookAgeMs, clockSkewMs, dataAgeMs } = context;
  const { maxClockSkewMs, maxSpreadFraction, priceCollarFraction, staleDataMs } = limits;
  // Each age is asked for what it must be, so that one that is no number refuses too.
  if (!(dataAgeMs <= staleDataMs)) {
    return refuse('stale-data', `market data must be at most ${staleDataMs} ms old, was ${Math.round(dataAgeMs)} ms`);
  }
  if (!(Math.abs(clockSkewMs) <= maxClockSkewMs)) {
    const was = Math.round(clockSkewMs);
    return refuse('clock-skew', `the exchange's clock must be within ${maxClockSkewMs} ms of ours, was ${was} ms off`);
  }
  if (!book) return refuse('no-book', 'the book must have been seen before an order is sent');
  const { bid, ask } = book;
  if (bid.gte(ask)) return refuseCrossed(bid, ask);
  if (!(bookAgeMs <= staleDataMs)) {
    return refuse('stale-book', `the book must be at most ${staleDataMs} ms old, was ${Math.round(bookAgeMs)} ms`);
  }
  const own = order.limitPrice ?? order.stopPrice;
  // The middle is between bid and ask: what is within a fraction of the bid, the lower of them, is so of the middle; half the collar leaves room for where the middle is.
  const isNarrow = isClearlyWithin(ask, bid, maxSpreadFraction);
  const isNear =
    isNarrow &&
    isClearlyWithin(ask, bid, priceCollarFraction / 2) &&
    isClearlyWithin(order.referencePrice, bid, priceCollarFraction / 2);
  if (isNear && !own) return undefined;
  const exact = exactLimits(limits);
  const twiceMiddle = bid.plus(ask);
  if (ask.minus(bid).times(TWO).gt(twiceMiddle.times(exact.spread))) {
    const was = ask.minus(bid).times(2).div(twiceMiddle).toFixed(6);
    return refuse('spread', `spread must be at most ${maxSpreadFraction} of the price, was ${was}`);
  }
  const twiceReference = order.referencePrice.times(TWO);
  if (twiceReference.minus(twiceMiddle).abs().gt(twiceMiddle.times(exact.collar))) {
    const away = twiceReference.minus(twiceMiddle).abs().div(twiceMiddle).toFixed(6);
    return refuse('collar', `reference price must be within ${priceCollarFraction} of the book, was ${away} away`);
  }
  // Only upwards: a purchase far below the market is no danger.
  if (own?.times(TWO).gt(twiceMiddle.times(exact.highest))) {
    const above = own.times(2).minus(twiceMiddle).div(twiceMiddle).toFixed(6);
    return refuse('collar', `price of a purchase must be at most ${priceCollarFraction} above the book, was ${above}`);
  }
  return undefined;
}

export const refuseCrossed = (bid: Decimal, ask: Decimal): Refusal =>
  refuse('crossed-book', `bid must be below ask, was ${bid.toFixed()} against ${ask.toFixed()}`);
