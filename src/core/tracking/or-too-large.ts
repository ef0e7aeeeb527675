import { AresError } from '../ares-error.ts';
import { MlflowError } from './mlflow-error.ts';

/** What was thrown; where an item would have grown too large, an error that says what must be smaller, and how. */
export function orTooLarge(error: unknown, must: string): unknown {
  if (!(error instanceof AresError) || error.code !== 'ITEM_TOO_LARGE') return error;
  return new MlflowError('INVALID_PARAMETER_VALUE', must, error.data, error);
}
