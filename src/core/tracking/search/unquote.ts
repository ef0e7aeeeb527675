import { invalidSearch } from './invalid-search.ts';

/** A key as meant: quotes of any kind around it are dropped. */
export function unquoteKey(written: string): string {
  return unwrap(unwrap(written, "'", '"'), '`');
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when the value stands in neither single nor double quotes */
export function unquoteValue(written: string): string {
  const value = unwrap(written, "'", '"');
  if (value !== written) return value;
  throw invalidSearch(
    `Parameter value is either not quoted or unidentified quote types used for string value ${written}. Use either single or double quotes.`,
  );
}

function unwrap(written: string, ...quotes: readonly string[]): string {
  const isQuoted = written.length >= 2 && quotes.some((quote) => written.startsWith(quote) && written.endsWith(quote));
  return isQuoted ? written.slice(1, -1) : written;
}
