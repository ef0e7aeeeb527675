import { requireFinite } from './require-finite.ts';
import { requireSameLength } from './require-same-length.ts';

/**
 * The mean negative log likelihood (natural logarithm) of what happened, as scikit-learn's `log_loss` gives it for float64.
 *
 * Probabilities are clipped to [ε, 1 − ε] with ε = 2⁻⁵² first, so that one certain and wrong prediction costs 36.04 and not infinity.
 *
 * @param probabilities of the target, from 0 to 1
 * @param outcomes whether the target happened, as booleans or 1 and 0
 * @returns from 0, better when lower (always predicting ½ gives 0.693); `null` without predictions
 * @throws AresError `METRIC_INPUT_INVALID` when lengths differ or a number is not finite
 */
export function logLoss(probabilities: ArrayLike<number>, outcomes: ArrayLike<boolean | number>): number | null {
  requireSameLength('probabilities', probabilities.length, 'outcomes', outcomes.length);
  requireFinite('probability', probabilities);
  if (probabilities.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probabilities[i] as number));
    sum -= Math.log(Number(outcomes[i]) === 1 ? p : 1 - p);
  }
  return sum / probabilities.length;
}
