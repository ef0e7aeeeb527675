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
import type { Fill, MarketRules } from '../ports/exchange.ts';
import { type Decimal, ZERO } from './money.ts';
import { applyFill, FLAT } from './position.ts';
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
  /** The share of exits that earned, fees included. */
  readonly hitRate: number | null;
  /** Mean change of the position's share of the equity, a bar. */
  readonly turnover: number | null;
  readonly fees: string;
  /** Predictions whose outcome lies in the candles, and how good they were. */
  readonly predictions: { readonly samples: number; readonly accuracy: number | null; readonly logLoss: number | null };
}

export interface BacktestTerms {
  /** The candles the backtest was given. */
  readonly candles: readonly Candle[];
  readonly timeframe: Timeframe;
  readonly rules: Pick<MarketRules, 'base' | 'quote'>;
  /** What the account began with. */
  readonly budget: Decimal;
  /** Bars between a prediction and the close it is about. */
  readonly horizon: number;
}

const MILLIS_PER_YEAR = 365 * 86_400_000;

/** Sums a backtest up, with the metrics that judge models in production, on bar returns of the equity. */
export function backtestReport(result: BacktestResult, terms: BacktestTerms): BacktestReport {
  const { candles, timeframe, budget } = terms;
  const { equity, bars } = result;
  const traded = candles.slice(candles.length - bars);
  const [first, last] = [traded[0] as Candle, traded.at(-1) as Candle];
  const start = budget.toNumber();
  const returns = equity.map((value, bar) => {
    const before = equity[bar - 1] ?? start;
    // From nothing nothing more is lost or earned.
    return before > 0 ? value / before - 1 : 0;
  });
  const periodsPerYear = MILLIS_PER_YEAR / timeframeMillis(timeframe);
  const books = bookOrders(result, terms, traded);
  return {
    bars,
    from: first.openTime,
    to: last.openTime,
    trades: result.account.trades,
    exits: books.exitPnls.length,
    startEquity: budget.toFixed(),
    endEquity: (equity.at(-1) as number).toFixed(2),
    totalReturn: totalReturn(returns),
    marketReturn: last.close / first.close - 1,
    sharpeRatio: sharpeRatio(returns, periodsPerYear),
    sortinoRatio: sortinoRatio(returns, periodsPerYear),
    periodsPerYear,
    maxDrawdown: maxDrawdown(returns),
    hitRate: hitRate(books.exitPnls),
    turnover: turnover(books.weights),
    fees: books.fees.round(8).toFixed(),
    predictions: judgePredictions(result, terms),
  };
}

interface BookedOrders {
  readonly exitPnls: readonly number[];
  /** The position's share of the equity after each bar. */
  readonly weights: readonly number[];
  readonly fees: Decimal;
}

function bookOrders(
  { orders, equity }: BacktestResult,
  { timeframe, rules }: BacktestTerms,
  traded: readonly Candle[],
): BookedOrders {
  const fills = orders.flatMap((order) => [...order.fills.values()].map((fill) => ({ order, fill })));
  fills.sort((a, b) => a.fill.executedAt - b.fill.executedAt);
  const exits = new Map<string, Decimal>();
  const weights: number[] = [];
  let position = FLAT;
  let fees = ZERO;
  let next = 0;
  for (const [bar, candle] of traded.entries()) {
    // What the last bar's close decided has no later bar to be booked in.
    const until = bar === traded.length - 1 ? Number.POSITIVE_INFINITY : closeTime(candle.openTime, timeframe);
    for (let at = fills[next]; at && at.fill.executedAt <= until; at = fills[++next]) {
      const effect = applyFill(position, at.fill, rules);
      position = effect.position;
      fees = fees.plus(feeInQuote(at.fill, rules));
      const { clientOrderId, side } = at.order;
      if (side === 'sell') exits.set(clientOrderId, (exits.get(clientOrderId) ?? ZERO).plus(effect.realisedPnl));
    }
    const worth = equity[bar] as number;
    weights.push(worth > 0 ? (position.quantity.toNumber() * candle.close) / worth : 0);
  }
  return { exitPnls: [...exits.values()].map((pnl) => pnl.toNumber()), weights, fees };
}

const feeInQuote = ({ fee, feeAsset, price }: Fill, { base }: Pick<MarketRules, 'base'>): Decimal =>
  feeAsset === base ? fee.times(price) : fee;

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
