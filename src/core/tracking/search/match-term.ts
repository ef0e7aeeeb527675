import { matchesLike } from './matches-like.ts';
import type { SearchTerm } from './search-term.ts';
import type { Searchable } from './searchable.ts';
import { searchedValue } from './searched-value.ts';

type Test = (actual: string | number | undefined) => boolean;

/** Compiles a term to a test of one entity. What is not there fulfils nothing but IS NULL. */
export function matchTerm(term: SearchTerm): (entity: Searchable) => boolean {
  const test = testOf(term);
  const { entity: kind, key } = term;
  if (kind === 'dataset')
    return (entity) => entity.datasets?.some((dataset) => test(datasetValue(dataset, key))) ?? false;
  return (entity) => test(searchedValue(entity, term));
}

function datasetValue(
  dataset: { readonly name: string; readonly digest: string; readonly context?: string },
  key: string,
): string | undefined {
  if (key === 'context') return dataset.context;
  return key === 'name' ? dataset.name : dataset.digest;
}

/** The test that a term makes of a value. */
export function testOf({ comparator, value }: SearchTerm): Test {
  if (comparator === 'IS NULL') return (actual) => actual === undefined;
  const test = presentTest(comparator, value);
  return (actual) => actual !== undefined && test(actual);
}

function presentTest(
  comparator: SearchTerm['comparator'],
  value: SearchTerm['value'],
): (actual: string | number) => boolean {
  if (comparator === 'IS NOT NULL' || comparator === 'IS NULL' || value === null) return () => true;
  if (typeof value === 'number') return numberTest(comparator, value);
  if (typeof value === 'string') return textTest(comparator, value);
  const values = new Set(value);
  return comparator === 'IN' ? (actual) => values.has(String(actual)) : (actual) => !values.has(String(actual));
}

function textTest(comparator: SearchTerm['comparator'], value: string): (actual: string | number) => boolean {
  if (comparator === 'LIKE' || comparator === 'ILIKE') {
    const test = matchesLike(value, comparator === 'ILIKE');
    return (actual) => test(String(actual));
  }
  return comparator === '!=' ? (actual) => String(actual) !== value : (actual) => String(actual) === value;
}

/** A value that is not a number fulfils `!=` and nothing else, as in IEEE 754. */
function numberTest(comparator: SearchTerm['comparator'], value: number): (actual: string | number) => boolean {
  const read = (actual: string | number) => storable(Number(actual));
  if (comparator === '=') return (actual) => read(actual) === value;
  if (comparator === '!=') return (actual) => read(actual) !== value;
  if (comparator === '<') return (actual) => read(actual) < value;
  if (comparator === '<=') return (actual) => read(actual) <= value;
  if (comparator === '>') return (actual) => read(actual) > value;
  return (actual) => read(actual) >= value;
}

/** The genuine server keeps an infinity as the largest number, so `>= 1.7976931348623157e308` finds it. */
function storable(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
