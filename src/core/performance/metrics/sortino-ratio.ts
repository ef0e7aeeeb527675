import { finiteOrNull } from './finite-or-null.ts';
import { mean } from './mean.ts';
import { requireFinite } from './require-finite.ts';

/**
 * The annualised Sortino ratio: mean ÷ downside deviation × √periodsPerYear, as quantstats' `sortino` computes it.
 *
 * The downside deviation is √(Σ min(return, 0)² ÷ n) over all n returns, with a required return of 0.
 * Source: T. N. Rollinger and S. T. Hoffman, "Sortino: A 'Sharper' Ratio", Red Rock Capital, 2013.
 *
 * @param returns simple returns of equally long periods, as fractions
 * @param periodsPerYear how many such periods a year has
 * @returns `null` for fewer than two returns, and when none is negative
 * @throws AresError `METRIC_INPUT_INVALID` when a return is not finite
 */
export function sortinoRatio(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  requireFinite('return', returns);
  if (returns.length < 2) return null;
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += Math.min(returns[i] as number, 0) ** 2;
  if (squares === 0) return null;
  return finiteOrNull((mean(returns) / Math.sqrt(squares / returns.length)) * Math.sqrt(periodsPerYear));
}
