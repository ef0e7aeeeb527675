import { MlflowError } from '../mlflow-error.ts';

/** The error of everything that a filter or an ordering may not say. */
export function invalidSearch(message: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', message);
}
