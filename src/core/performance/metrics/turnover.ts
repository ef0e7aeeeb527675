import { finiteOrNull } from './finite-or-null.ts';
import { requireFinite } from './require-finite.ts';

/**
 * How much of the equity is traded a period: the mean of |weight − weight before|, starting flat.
 *
 * Buying and selling both count (two-way): going from flat to fully long and back within four periods is a turnover of 0.5.
 *
 * @param weights the position's share of the equity in each period: 1 fully long, 0 flat, −1 fully short
 * @returns from 0; `null` without weights
 * @throws AresError `METRIC_INPUT_INVALID` when a weight is not finite
 */
export function turnover(weights: ArrayLike<number>): number | null {
  requireFinite('weight', weights);
  if (weights.length === 0) return null;
  let traded = 0;
  let before = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    traded += Math.abs(weight - before);
    before = weight;
  }
  return finiteOrNull(traded / weights.length);
}
