import { finiteOrNull } from './finite-or-null.ts';
import { mean } from './mean.ts';
import { requireFinite } from './require-finite.ts';

/**
 * The annualised Sharpe ratio: mean ÷ sample standard deviation (ddof 1) × √periodsPerYear, as quantstats' `sharpe` and empyrical's `sharpe_ratio` compute it.
 *
 * Source: W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994, p. 49–58. The risk-free rate is 0: pass excess returns where it is not.
 *
 * @param returns simple returns of equally long periods, as fractions
 * @param periodsPerYear how many such periods a year has (525,600 for minutes of a market that never closes)
 * @returns `null` for fewer than two returns, and when all are equal
 * @throws AresError `METRIC_INPUT_INVALID` when a return is not finite
 */
export function sharpeRatio(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  requireFinite('return', returns);
  if (!varies(returns)) return null;
  const average = mean(returns);
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += ((returns[i] as number) - average) ** 2;
  const deviation = Math.sqrt(squares / (returns.length - 1));
  return finiteOrNull((average / deviation) * Math.sqrt(periodsPerYear));
}

// Equal returns can leave a standard deviation of rounding dust, and a Sharpe ratio of 10^16: the values are compared instead.
function varies(returns: ArrayLike<number>): boolean {
  for (let i = 1; i < returns.length; i++) if (returns[i] !== returns[0]) return true;
  return false;
}
