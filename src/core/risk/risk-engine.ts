import type { Decimal, Price } from '../trading/money.ts';
import type { ApprovedOrder, ProposedOrder } from './approved-order.ts';

/** Bounds of one slot, part of the live configuration. Money in quote currency, fractions of 1. */
export interface RiskLimits {
  readonly maxOrderNotional: Decimal;
  readonly maxPositionNotional: Decimal;
  readonly maxOrdersPerMinute: number;
  /** Loss since the UTC day's start, as a fraction of the equity then. */
  readonly dailyLossFraction: number;
  /** Loss since the highest equity. */
  readonly maxDrawdownFraction: number;
  /** Largest distance of the reference price from the book's middle. */
  readonly priceCollarFraction: number;
  readonly maxSpreadFraction: number;
  /** Oldest market data an order may be based on, in milliseconds of monotonic time. */
  readonly staleDataMs: number;
}

export type TradingMode = 'ACTIVE' | 'REDUCING' | 'HALTED';

/** What the slot looks like at the moment an order is proposed. */
export interface RiskContext {
  readonly mode: TradingMode;
  /** Base currency held. */
  readonly held: Decimal;
  readonly equity: Decimal;
  readonly dayStartEquity: Decimal;
  readonly peakEquity: Decimal;
  readonly book: { readonly bid: Price; readonly ask: Price } | undefined;
  /** Age of the newest market data in milliseconds. */
  readonly dataAgeMs: number;
  /** Orders sent in the last minute. */
  readonly ordersLastMinute: number;
  /** Whether an order with this client id was sent before. */
  readonly alreadySent: boolean;
}

export type RiskDecision =
  | { readonly outcome: 'approved'; readonly order: ApprovedOrder }
  | { readonly outcome: 'refused'; readonly rule: RiskRule; readonly reason: string };

export type RiskRule =
  | 'halted'
  | 'reducing'
  | 'duplicate'
  | 'stale-data'
  | 'no-book'
  | 'crossed-book'
  | 'spread'
  | 'collar'
  | 'order-notional'
  | 'position-notional'
  | 'oversell'
  | 'order-rate'
  | 'daily-loss'
  | 'drawdown';

const refuse = (rule: RiskRule, reason: string): RiskDecision => ({ outcome: 'refused', rule, reason });

/**
 * The one path to an order: every check, in one place, on every order.
 *
 * An order that shrinks the position is let through where the limit exists to stop growth (loss, drawdown, notional, order rate), because leaving a
 * position must stay possible; what says that the data cannot be trusted stops both.
 */
export function checkRisk(order: ProposedOrder, limits: RiskLimits, context: RiskContext): RiskDecision {
  const { referencePrice, quantity, side } = order;
  const grows = side === 'buy';
  if (context.mode === 'HALTED') return refuse('halted', 'trading is HALTED: only cancels are sent');
  if (context.mode === 'REDUCING' && grows)
    return refuse('reducing', 'trading is REDUCING: only orders that shrink the position are sent');
  if (context.alreadySent) return refuse('duplicate', `order ${order.clientOrderId} was sent before`);
  if (context.dataAgeMs > limits.staleDataMs) {
    return refuse(
      'stale-data',
      `market data must be at most ${limits.staleDataMs} ms old, was ${Math.round(context.dataAgeMs)} ms`,
    );
  }
  if (!grows && quantity.gt(context.held)) {
    return refuse('oversell', `sale must be at most the ${context.held.toFixed()} held, was ${quantity.toFixed()}`);
  }
  if (!context.book) return refuse('no-book', 'the book must have been seen before an order is sent');
  const { bid, ask } = context.book;
  if (bid.gte(ask))
    return refuse('crossed-book', `bid must be below ask, was ${bid.toFixed()} against ${ask.toFixed()}`);
  const middle = bid.plus(ask).div(2);
  const spread = ask.minus(bid).div(middle).toNumber();
  if (spread > limits.maxSpreadFraction) {
    return refuse(
      'spread',
      `spread must be at most ${limits.maxSpreadFraction} of the price, was ${spread.toFixed(6)}`,
    );
  }
  const distance = referencePrice.minus(middle).abs().div(middle).toNumber();
  if (distance > limits.priceCollarFraction) {
    return refuse(
      'collar',
      `reference price must be within ${limits.priceCollarFraction} of the book, was ${distance.toFixed(6)} away`,
    );
  }
  if (!grows) return { outcome: 'approved', order: order as ApprovedOrder };

  const worstPrice = ask.gt(referencePrice) ? ask : referencePrice;
  const notional = quantity.times(worstPrice);
  if (notional.gt(limits.maxOrderNotional)) {
    return refuse(
      'order-notional',
      `order must be worth at most ${limits.maxOrderNotional.toFixed()}, was ${notional.toFixed(2)}`,
    );
  }
  const position = context.held.plus(quantity).times(worstPrice);
  if (position.gt(limits.maxPositionNotional)) {
    return refuse(
      'position-notional',
      `position must be worth at most ${limits.maxPositionNotional.toFixed()}, would be ${position.toFixed(2)}`,
    );
  }
  if (context.ordersLastMinute >= limits.maxOrdersPerMinute) {
    return refuse(
      'order-rate',
      `orders a minute must be at most ${limits.maxOrdersPerMinute}, were ${context.ordersLastMinute}`,
    );
  }
  const dailyLoss = lossFraction(context.dayStartEquity, context.equity);
  if (dailyLoss >= limits.dailyLossFraction) {
    return refuse(
      'daily-loss',
      `loss of the day must be below ${limits.dailyLossFraction}, was ${dailyLoss.toFixed(4)}`,
    );
  }
  const drawdown = lossFraction(context.peakEquity, context.equity);
  if (drawdown >= limits.maxDrawdownFraction) {
    return refuse('drawdown', `drawdown must be below ${limits.maxDrawdownFraction}, was ${drawdown.toFixed(4)}`);
  }
  return { outcome: 'approved', order: order as ApprovedOrder };
}

function lossFraction(from: Decimal, to: Decimal): number {
  if (from.lte(0)) return 1;
  return from.minus(to).div(from).toNumber();
}
