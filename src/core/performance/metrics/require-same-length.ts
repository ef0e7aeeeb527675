import { AresError } from '../../ares-error.ts';

/** @throws AresError `METRIC_INPUT_INVALID` when there is not one of the second for each of the first */
export function requireSameLength(first: string, firstLength: number, second: string, secondLength: number): void {
  if (firstLength === secondLength) return;
  throw new AresError(
    'METRIC_INPUT_INVALID',
    `${first} and ${second} must be equally many, were ${firstLength} and ${secondLength}`,
  );
}
