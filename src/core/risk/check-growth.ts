import type { Decimal } from '../trading/money.ts';
import type { ProposedOrder } from './approved-order.ts';
import { exactLimits } from './exact-limits.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RiskContext } from './risk-context.ts';
import type { RiskLimits } from './risk-limits.ts';

/** The limits that exist to stop growth: worth, rate, and losses. */
export function checkGrowth(order: ProposedOrder, limits: RiskLimits, context: RiskContext): Refusal | undefined {
  return checkWorth(order, limits, context) ?? checkLosses(limits, context);
}

function checkWorth(order: ProposedOrder, limits: RiskLimits, context: RiskContext): Refusal | undefined {
  const { book, grossOfOthers, held, openEntries } = context;
  const mark = higher(book?.ask, order.referencePrice);
  // A limit never costs more than its price; what takes from the book, or will, costs the worst price in sight.
  const cost = order.quantity.times(order.limitPrice ?? higher(order.stopPrice, mark));
  if (cost.gt(limits.maxOrderNotional)) {
    const most = limits.maxOrderNotional.toFixed();
    return refuse('order-notional', `order must be worth at most ${most}, was ${cost.toFixed(2)}`);
  }
  const position = held.times(mark).plus(openEntries).plus(cost);
  if (position.gt(limits.maxPositionNotional)) {
    const most = limits.maxPositionNotional.toFixed();
    return refuse('position-notional', `position must be worth at most ${most}, would be ${position.toFixed(2)}`);
  }
  const gross = position.plus(grossOfOthers);
  if (gross.gt(limits.maxGrossNotional)) {
    const most = limits.maxGrossNotional.toFixed();
    return refuse('gross-notional', `all positions must be worth at most ${most}, would be ${gross.toFixed(2)}`);
  }
  if (!(context.ordersLastMinute < limits.maxOrdersPerMinute)) {
    const were = context.ordersLastMinute;
    return refuse('order-rate', `orders a minute must be at most ${limits.maxOrdersPerMinute}, were ${were}`);
  }
  return undefined;
}

function checkLosses(limits: RiskLimits, context: RiskContext): Refusal | undefined {
  const { consecutiveLosses, coolDownUntil, dayStartEquity, equity, marketTime, peakEquity } = context;
  const { dailyLossFraction, maxConsecutiveLosses, maxDrawdownFraction } = limits;
  const { keptOfDay, keptOfPeak } = exactLimits(limits);
  if (hasLost(dayStartEquity, equity, keptOfDay)) {
    const was = lossFraction(dayStartEquity, equity);
    return refuse('daily-loss', `loss of the day must be below ${dailyLossFraction}, was ${was}`);
  }
  if (hasLost(peakEquity, equity, keptOfPeak)) {
    const was = lossFraction(peakEquity, equity);
    return refuse('drawdown', `drawdown must be below ${maxDrawdownFraction}, was ${was}`);
  }
  if (maxConsecutiveLosses > 0 && !(marketTime >= coolDownUntil)) {
    const minutes = Math.ceil((coolDownUntil - marketTime) / 60_000);
    const why = `${consecutiveLosses} round trips in a row lost`;
    return refuse('cool-down', `nothing is entered for ${minutes} more minutes of market time: ${why}`);
  }
  return undefined;
}

const hasLost = (from: Decimal, to: Decimal, kept: Decimal): boolean => !from.gt(0) || to.lte(from.times(kept));

const lossFraction = (from: Decimal, to: Decimal): string =>
  from.gt(0) ? from.minus(to).div(from).toFixed(4) : 'all of it';

const higher = (one: Decimal | undefined, other: Decimal): Decimal => (one?.gt(other) ? one : other);
