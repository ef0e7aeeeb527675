import { accuracy } from './metrics/accuracy.ts';
import { hitRate } from './metrics/hit-rate.ts';
import { logLoss } from './metrics/log-loss.ts';
import { maxDrawdown } from './metrics/max-drawdown.ts';
import { sharpeRatio } from './metrics/sharpe-ratio.ts';
import { sortinoRatio } from './metrics/sortino-ratio.ts';
import { totalReturn } from './metrics/total-return.ts';
import { turnover } from './metrics/turnover.ts';
import type { Prediction } from './prediction.ts';

/** Figures of a model's predictions; `null` where one cannot be computed. */
export interface ProductionMetrics {
  /** Predictions with an outcome; accuracy and log loss are over all of them. */
  readonly samples: number;
  /** Periods without overlap; the figures below are over these. */
  readonly periods: number;
  readonly accuracy: number | null;
  readonly log_loss: number | null;
  readonly sharpe_ratio: number | null;
  readonly sortino_ratio: number | null;
  readonly max_drawdown: number | null;
  readonly hit_rate: number | null;
  readonly total_return: number | null;
  readonly turnover: number | null;
}

const MILLIS_PER_YEAR = 365 * 86_400_000;

/**
 * Measures what a model's predictions were worth, before costs and independent of order sizes and risk limits.
 *
 * The returns are those of a position held for one horizon at a time: from the close of every bar whose number since 1970 is a multiple of the horizon, fully long where
 * the probability is above one half and flat (return 0) elsewhere, until the close `horizon` bars later. So periods never overlap, and which bars they begin at does
 * not depend on the window. Periods whose first bar has no prediction or no outcome are left out. Ratios are annualised with 365 days ÷ (horizon × bar) periods a year.
 *
 * @param predictions of one model, in the order of time; those without a matched outcome are left out
 */
export function productionMetrics(predictions: readonly Prediction[], barMillis: number): ProductionMetrics {
  const probabilities: number[] = [];
  const outcomes: boolean[] = [];
  const returns: number[] = [];
  const weights: number[] = [];
  let horizon = 1;
  for (const prediction of predictions) {
    const { outcome, p } = prediction;
    if (outcome?.status !== 'matched') continue;
    probabilities.push(p);
    outcomes.push(outcome.up);
    horizon = prediction.horizon;
    if (Math.round(prediction.openTime / barMillis) % horizon !== 0) continue;
    const weight = p > 0.5 ? 1 : 0;
    weights.push(weight);
    returns.push(weight === 1 ? outcome.return : 0);
  }
  const periodsPerYear = MILLIS_PER_YEAR / (horizon * barMillis);
  return {
    samples: probabilities.length,
    periods: returns.length,
    accuracy: accuracy(probabilities, outcomes),
    log_loss: logLoss(probabilities, outcomes),
    sharpe_ratio: sharpeRatio(returns, periodsPerYear),
    sortino_ratio: sortinoRatio(returns, periodsPerYear),
    max_drawdown: maxDrawdown(returns),
    hit_rate: hitRate(returns),
    total_return: totalReturn(returns),
    turnover: turnover(weights),
  };
}
