import { AresError } from '../ares-error.ts';
import type { Query } from '../ports/ledger.ts';

/**
 * Reads the page token of a query, whose parts each ledger chooses; the first is always the group it was given for.
 *
 * @throws AresError `QUERY_INVALID` when the limit is not 1 to 1,000, or the token is not from a page of this query
 */
export function checkQuery(query: Query, tokenParts: number): readonly string[] | undefined {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new AresError('QUERY_INVALID', `limit must be a whole number from 1 to 1000, was ${query.limit}`);
  }
  if (query.after === undefined) return undefined;
  let parts: unknown;
  let cause: unknown;
  try {
    parts = JSON.parse(query.after);
  } catch (error) {
    cause = error;
  }
  const fits = Array.isArray(parts) && parts.length === tokenParts && parts.every((part) => typeof part === 'string');
  if (!fits || (parts as readonly string[])[0] !== query.pk) {
    throw new AresError(
      'QUERY_INVALID',
      `after must be the "next" of an earlier page of the same query, was "${query.after}"`,
      {},
      cause,
    );
  }
  return parts as readonly string[];
}

/** The token that {@link checkQuery} reads. */
export const pageToken = (...parts: readonly [group: string, ...rest: string[]]): string => JSON.stringify(parts);
