import { requireFinite } from './require-finite.ts';

/**
 * The deepest fall of compounded equity below its highest point so far, the start included, as quantstats' and empyrical's `max_drawdown` compute it.
 *
 * A return of −1 or below ends the equity at 0: nothing is left to fall or to grow again.
 *
 * @param returns simple returns, as fractions, in their order
 * @returns from −1 (everything lost) to 0; `null` without returns
 * @throws AresError `METRIC_INPUT_INVALID` when a return is not finite
 */
export function maxDrawdown(returns: ArrayLike<number>): number | null {
  requireFinite('return', returns);
  if (returns.length === 0) return null;
  // Equity relative to its peak, so that no series of returns, however long or large, overflows.
  let belowPeak = 1;
  let lowest = 1;
  for (let i = 0; i < returns.length; i++) {
    belowPeak = Math.min(1, belowPeak * Math.max(0, 1 + (returns[i] as number)));
    lowest = Math.min(lowest, belowPeak);
  }
  return lowest - 1;
}
