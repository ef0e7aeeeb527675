import type { Candle, Timeframe } from '../market-data/candle.ts';
import { closeTime, timeframeMillis } from '../market-data/timeframe.ts';
import { accuracy } from '../performance/metrics/accuracy.ts';
import { hitRate } from '../performance/metrics/hit-rate.ts';
import { logLoss } from '../performance/metrics/log-loss.ts';
import { maxDrawdown } from '../performance/metrics/max-drawdown.ts';
import { sharpeRatio } from '../performance/metrics/sharpe-ratio.ts';
import { sortinoRatio } from '../performance/metrics/sortino-ratio.ts';
import { totalReturn } from '../performance/metrics/total-return.ts';
import { turnover } from '../performance/metrics/turnover.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { MarketRules } from '../ports/exchange.ts';
import { type CurvePoint, equityCurve, thinOut } from './backtest-curve.ts';
import { type MonthReturn, monthlyReturns } from './backtest-months.ts';
import { type BookedFill, bookInOrder, type RoundTrip, roundTrips } from './backtest-trips.ts';
import { type Decimal, decimal, ZERO } from './money.ts';
import type { BacktestResult } from './run-backtest.ts';

/** What a backtest came to. Money is decimal text in quote currency; ratios and fractions are `null` where they cannot be computed. */
export interface BacktestReport {
  readonly bars: number;
  /** Open times of the first and the last bar traded. */
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  /** Orders that ended with at least one fill. */
  readonly trades: number;
  /** Those of them that sold something. */
  readonly exits: number;
  readonly startEquity: string;
  readonly endEquity: string;
  readonly totalReturn: number | null;
  /** Of the market itself, from the first traded bar's close to the last one's. */
  readonly marketReturn: number;
  /** Over bar returns, annualised with `periodsPerYear`. */
  readonly sharpeRatio: number | null;
  readonly sortinoRatio: number | null;
  readonly periodsPerYear: number;
  readonly maxDrawdown: number | null;
  /** All of the money put into the market at the first bar's close and taken out at the last one's, with the fee of each. */
  readonly buyAndHold: {
    readonly totalReturn: number;
    readonly sharpeRatio: number | null;
    readonly sortinoRatio: number | null;
    readonly maxDrawdown: number | null;
  };
  /** The share of round trips that earned, fees included. */
  readonly hitRate: number | null;
  /** Mean change of the position's share of the equity, a bar. */
  readonly turnover: number | null;
  /** The share of the time in which something was held. */
  readonly exposure: number;
  readonly fees: string;
  /** What fills cost against the close their order was decided at, or against the trigger of their stop; below 0 they were better. */
  readonly slippage: string;
  /** Orders that risk refused, by rule. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Predictions whose outcome lies in the candles, and how good they were. */
  readonly predictions: { readonly samples: number; readonly accuracy: number | null; readonly logLoss: number | null };
  readonly months: readonly MonthReturn[];
  readonly trips: readonly RoundTrip[];
  /** At most {@link CURVE_POINTS} points, for a picture. */
  readonly curve: readonly CurvePoint[];
}

export interface BacktestTerms {
  /** The candles the backtest was given. */
  readonly candles: readonly Candle[];
  readonly timeframe: Timeframe;
  readonly rules: Pick<MarketRules, 'base' | 'quote' | 'quantityStep' | 'takerFee'>;
  /** What the account began with. */
  readonly budget: Decimal;
  /** Bars between a prediction and the close it is about. */
  readonly horizon: number;
}

const MILLIS_PER_YEAR = 365 * 86_400_000;
const CURVE_POINTS = 1_200;

/** Sums a backtest up, with the metrics that judge models in production, on bar returns of the equity. */
export function backtestReport(result: BacktestResult, terms: BacktestTerms): BacktestReport {
  const { candles, timeframe, budget, rules } = terms;
  const { equity, bars } = result;
  const traded = candles.slice(candles.length - bars);
  const [first, last] = [traded[0] as Candle, traded.at(-1) as Candle];
  const start = budget.toNumber();
  const returns = changes(equity, start);
  const market = changes(
    traded.map(({ close }) => close),
    first.close,
  );
  const periodsPerYear = MILLIS_PER_YEAR / timeframeMillis(timeframe);
  const booked = bookInOrder(result.orders, rules);
  const trips = roundTrips(booked, rules);
  const marketReturn = last.close / first.close - 1;
  const kept = (1 - rules.takerFee.toNumber()) ** 2;
  const points = traded.map(({ openTime, close }, bar) => ({
    at: closeTime(openTime, timeframe),
    equity: equity[bar] as number,
    close,
  }));
  return {
    bars,
    from: first.openTime,
    to: last.openTime,
    trades: result.account.trades,
    exits: new Set(booked.filter(({ fill }) => fill.side === 'sell').map(({ order }) => order.clientOrderId)).size,
    startEquity: budget.toFixed(),
    endEquity: (equity.at(-1) as number).toFixed(2),
    totalReturn: totalReturn(returns),
    marketReturn,
    sharpeRatio: sharpeRatio(returns, periodsPerYear),
    sortinoRatio: sortinoRatio(returns, periodsPerYear),
    periodsPerYear,
    maxDrawdown: maxDrawdown(returns),
    buyAndHold: {
      totalReturn: (1 + marketReturn) * kept - 1,
      sharpeRatio: sharpeRatio(market, periodsPerYear),
      sortinoRatio: sortinoRatio(market, periodsPerYear),
      maxDrawdown: maxDrawdown(market),
    },
    hitRate: hitRate(trips.filter(({ to }) => to !== null).map(({ pnl }) => Number(pnl))),
    turnover: turnover(weightsOf(booked, equity, terms, traded)),
    exposure: exposureOf(trips, first.openTime, closeTime(last.openTime, timeframe)),
    fees: booked
      .reduce((sum, { fee }) => sum.plus(fee), ZERO)
      .round(8)
      .toFixed(),
    slippage: slippageOf(booked, terms),
    refusals: refusalsOf(result),
    predictions: judgePredictions(result, terms),
    months: monthlyReturns(
      traded.map(({ openTime }, bar) => ({
        openTime,
        equity: returns[bar] as number,
        market: market[bar] as number,
      })),
    ),
    trips,
    curve: thinOut(equityCurve(points, start), CURVE_POINTS),
  };
}

/** From nothing nothing more is lost or earned. */
function changes(values: readonly number[], start: number): number[] {
  return values.map((value, at) => {
    const before = values[at - 1] ?? start;
    return before > 0 ? value / before - 1 : 0;
  });
}

/** The position's share of the equity after each bar. */
function weightsOf(
  booked: readonly BookedFill[],
  equity: readonly number[],
  { timeframe }: BacktestTerms,
  traded: readonly Candle[],
): readonly number[] {
  let held = 0;
  let next = 0;
  return traded.map((candle, bar) => {
    // What the last bar's close decided has no later bar to be booked in.
    const until = bar === traded.length - 1 ? Number.POSITIVE_INFINITY : closeTime(candle.openTime, timeframe);
    for (let at = booked[next]; at && at.fill.executedAt <= until; at = booked[++next]) {
      held = at.position.quantity.toNumber();
    }
    const worth = equity[bar] as number;
    return worth > 0 ? (held * candle.close) / worth : 0;
  });
}

function exposureOf(trips: readonly RoundTrip[], from: number, to: number): number {
  const held = trips.reduce((sum, trip) => sum + ((trip.to ?? to) - trip.from), 0);
  return Math.min(1, Math.max(0, held / (to - from)));
}

function slippageOf(booked: readonly BookedFill[], { candles, timeframe }: BacktestTerms): string {
  const closes = new Map(candles.map(({ openTime, close }) => [closeTime(openTime, timeframe), close]));
  let sum = ZERO;
  for (const { order, fill } of booked) {
    const close = closes.get(order.barClose);
    const reference = order.type === 'stop' ? order.stopPrice : close === undefined ? null : decimal(String(close));
    // A limit is filled at its own price: that it cost nothing more is what it is for.
    if (reference === null || order.type === 'limit' || order.type === 'post_only') continue;
    const worse = fill.side === 'buy' ? fill.price.minus(reference) : reference.minus(fill.price);
    sum = sum.plus(worse.times(fill.quantity));
  }
  return sum.round(8).toFixed();
}

function refusalsOf({ decisions }: BacktestResult): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { action, reason } of decisions) {
    if (action !== 'refused') continue;
    const rule = reason.split(':')[0] as string;
    counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}

function judgePredictions(
  { decisions }: BacktestResult,
  { candles, timeframe, horizon }: BacktestTerms,
): BacktestReport['predictions'] {
  const closes = new Map(candles.map(({ openTime, close }) => [closeTime(openTime, timeframe), close]));
  const probabilities: number[] = [];
  const outcomes: boolean[] = [];
  for (const { barClose, close, probability } of decisions) {
    const later = closes.get((barClose + horizon * timeframeMillis(timeframe)) as EpochMillis);
    if (probability === null || later === undefined) continue;
    probabilities.push(probability);
    outcomes.push(later > close);
  }
  return {
    samples: probabilities.length,
    accuracy: accuracy(probabilities, outcomes),
    logLoss: logLoss(probabilities, outcomes),
  };
}
