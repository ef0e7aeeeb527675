import { MlflowError } from './mlflow-error.ts';

/**
 * The id as it is stored: `01` is experiment `1`, and no id is the default experiment `0`.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE unless it is a whole number
 */
export function parseExperimentId(text: string): string {
  if (text === '') return '0';
  // A longer number is nobody's id, and would be too long a key.
  if (/^\s*[+-]?\d{1,100}\s*$/.test(text)) return String(BigInt(text.trim().replace(/^\+/, '')));
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid experiment ID '${text.slice(0, 100)}'. Experiment ID must be a valid integer.`,
  );
}
