import { compareText } from './compare-text.ts';
import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import type { Searchable } from './searchable.ts';

/** One key of an ordering. */
export interface OrderKey {
  readonly entity: 'attribute' | 'tag' | 'param' | 'metric';
  readonly key: string;
  readonly ascending: boolean;
  readonly read: (entity: Searchable) => string | number | undefined;
}

const RANK_OF_NAN = 1;
const RANK_OF_NOTHING = 2;

/** Whatever the direction, what is not a number comes after all numbers, and what is not there comes last. */
export function compareByKey({ ascending, read }: OrderKey): (a: Searchable, b: Searchable) => number {
  const sign = ascending ? 1 : -1;
  return (a, b) => {
    const [left, right] = [read(a), read(b)];
    return rank(left) - rank(right) || sign * compareValues(left, right);
  };
}

function rank(value: string | number | undefined): number {
  if (value === undefined) return RANK_OF_NOTHING;
  return Number.isNaN(value) ? RANK_OF_NAN : 0;
}

function compareValues(left: string | number | undefined, right: string | number | undefined): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'number' && typeof right === 'number' && left !== right)
    return left < right ? -1 : Number(left > right);
  return 0;
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when two keys are the same */
export function refuseDuplicates(keys: readonly OrderKey[], clauses: readonly string[]): void {
  const names = new Set(keys.map(({ entity, key }) => `${entity}.${key}`));
  if (names.size < keys.length)
    throw invalidSearch(`\`order_by\` contains duplicate fields: ${pythonCollection('list', clauses)}`);
}
