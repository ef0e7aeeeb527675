import { invalidSearch } from './invalid-search.ts';
import type { Comparator, SearchValue } from './search-term.ts';

export const NUMBER_COMPARATORS: readonly Comparator[] = ['>', '>=', '!=', '=', '<', '<='];
export const TEXT_COMPARATORS: readonly Comparator[] = ['!=', '=', 'LIKE', 'ILIKE'];
export const LIST_COMPARATORS: readonly Comparator[] = ['IN', 'NOT IN'];
export const NULL_COMPARATORS: readonly Comparator[] = ['IS NULL', 'IS NOT NULL'];

/**
 * Narrows what was written to one of the comparators that are allowed for it.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE with the given message, or when a list is not compared by IN
 */
export function allowComparator(
  written: string,
  allowed: readonly Comparator[],
  value: SearchValue,
  message: string,
): Comparator {
  const comparator = allowed.find((candidate) => candidate === written);
  if (comparator === undefined) throw invalidSearch(message);
  const wantsList = LIST_COMPARATORS.includes(comparator);
  if (wantsList !== Array.isArray(value)) {
    throw invalidSearch(
      `Invalid comparator '${written}': a list is compared by IN or NOT IN, and they compare with nothing else`,
    );
  }
  return comparator;
}
