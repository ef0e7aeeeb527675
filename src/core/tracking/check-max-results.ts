import { MlflowError } from './mlflow-error.ts';

/** @throws MlflowError INVALID_PARAMETER_VALUE unless it is from 1 to `most` */
export function checkMaxResults(value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  const must = value < 1 ? 'It must be a positive integer' : `It must be at most ${most}, but got value ${value}`;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${value} for parameter 'max_results' supplied. ${must}`,
  );
}
