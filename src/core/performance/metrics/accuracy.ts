import { requireFinite } from './require-finite.ts';
import { requireSameLength } from './require-same-length.ts';

/**
 * The share of predictions whose direction came true.
 *
 * A probability above one half predicts that the target happens, one half or less that it does not (as the arg max over both classes does).
 *
 * @param probabilities of the target, from 0 to 1
 * @param outcomes whether the target happened, as booleans or 1 and 0
 * @returns from 0 to 1; `null` without predictions
 * @throws AresError `METRIC_INPUT_INVALID` when lengths differ or a number is not finite
 */
export function accuracy(probabilities: ArrayLike<number>, outcomes: ArrayLike<boolean | number>): number | null {
  requireSameLength('probabilities', probabilities.length, 'outcomes', outcomes.length);
  requireFinite('probability', probabilities);
  if (probabilities.length === 0) return null;
  let correct = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if ((probabilities[i] as number) > 0.5 === (Number(outcomes[i]) === 1)) correct++;
  }
  return correct / probabilities.length;
}
