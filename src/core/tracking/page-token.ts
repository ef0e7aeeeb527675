import { MlflowError } from './mlflow-error.ts';

const refuse = (what: string, cause?: unknown): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', `Invalid page token, ${what}`, {}, cause);
};

/** The token of the page that begins after so many results. */
export const pageTokenAt = (offset: number): string => btoa(`{"offset": ${offset}}`);

/**
 * Where the page of a token begins; without one, at the first result.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export function pageOffset(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const text = decode(token);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse(`decoded value=${text}`, error);
  }
  const offset = Number((parsed as { readonly offset?: unknown } | null)?.offset ?? Number.NaN);
  return Number.isSafeInteger(offset) && offset > 0 ? offset : refuse(`parsed value=${text}`);
}

function decode(token: string): string {
  try {
    return atob(token);
  } catch (error) {
    return refuse('could not base64-decode', error);
  }
}
