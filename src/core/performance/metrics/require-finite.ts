import { AresError } from '../../ares-error.ts';

/** @throws AresError `METRIC_INPUT_INVALID` naming the first number that is not finite */
export function requireFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new AresError('METRIC_INPUT_INVALID', `${name} ${i} must be a finite number, was ${values[i]}`, {
        name,
        position: i,
      });
    }
  }
}
