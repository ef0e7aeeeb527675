import { fromBase64, toBase64 } from '../archive/base64.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';

const invalid = (what: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', `Invalid page token, ${what}`);
};

/** Where the next page of a search begins, as a token that clients hand back. */
export const offsetToken = (offset: number): string => toBase64(new TextEncoder().encode(`{"offset": ${offset}}`));

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function readOffset(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  let text = '';
  try {
    text = new TextDecoder().decode(fromBase64(token));
  } catch {
    return invalid('could not base64-decode');
  }
  try {
    const { offset } = JSON.parse(text);
    if (Number.isSafeInteger(offset) && offset > 0) return offset;
  } catch {
    return invalid(`decoded value=${text}`);
  }
  return invalid(`parsed value=${text}`);
}
