import { finiteOrNull } from './finite-or-null.ts';
import { requireFinite } from './require-finite.ts';

/**
 * The compounded return Π(1 + return) − 1, as quantstats' `comp` computes it; a return of −1 or below ends it at −1.
 *
 * @param returns simple returns, as fractions
 * @returns from −1; `null` without returns, or when it is too large for a number
 * @throws AresError `METRIC_INPUT_INVALID` when a return is not finite
 */
export function totalReturn(returns: ArrayLike<number>): number | null {
  requireFinite('return', returns);
  if (returns.length === 0) return null;
  let growth = 1;
  for (let i = 0; i < returns.length; i++) {
    const factor = 1 + (returns[i] as number);
    if (factor <= 0) return -1;
    growth *= factor;
  }
  return finiteOrNull(growth - 1);
}
