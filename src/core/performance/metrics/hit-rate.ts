import { requireFinite } from './require-finite.ts';

/**
 * The share of winners among the returns that are not zero, as quantstats' `win_rate` computes it: periods out of the market do not count.
 *
 * @param returns of periods or of trades
 * @returns from 0 to 1; `null` when no return differs from zero
 * @throws AresError `METRIC_INPUT_INVALID` when a return is not finite
 */
export function hitRate(returns: ArrayLike<number>): number | null {
  requireFinite('return', returns);
  let winners = 0;
  let taken = 0;
  for (let i = 0; i < returns.length; i++) {
    if (returns[i] === 0) continue;
    taken++;
    if ((returns[i] as number) > 0) winners++;
  }
  return taken === 0 ? null : winners / taken;
}
