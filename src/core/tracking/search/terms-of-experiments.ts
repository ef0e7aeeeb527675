import {
  allowComparator,
  LIST_COMPARATORS,
  NULL_COMPARATORS,
  NUMBER_COMPARATORS,
  TEXT_COMPARATORS,
} from './allow-comparator.ts';
import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import type { Comparison } from './read-clauses.ts';
import { readComparisons } from './read-comparisons.ts';
import { readInteger } from './read-integer.ts';
import { readSearchValue, type ValueRules } from './read-search-value.ts';
import { readTaggedField, type TaggedField } from './read-tagged-field.ts';
import type { Comparator, SearchTerm, SearchValue } from './search-term.ts';

export const EXPERIMENT_ATTRIBUTES = ['name', 'experiment_id', 'creation_time', 'last_update_time'];
const RULES: ValueRules = { numbers: ['creation_time', 'last_update_time'], lists: ['experiment_id'] };
const ID_COMPARATORS: readonly Comparator[] = ['=', '!=', ...LIST_COMPARATORS];
const STRINGS = [...TEXT_COMPARATORS, ...LIST_COMPARATORS];

interface Draft {
  readonly field: TaggedField;
  /** As written: the genuine server knows `LIKE` here, and not `like`. */
  readonly comparator: string;
  readonly value: SearchValue;
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when the text is no filter of experiments */
export function termsOfExperiments(text: string): readonly SearchTerm[] {
  return readComparisons(text).map(readDraft).map(judge);
}

function readDraft({ left, comparator, right }: Comparison): Draft {
  const field = readTaggedField(left.text, EXPERIMENT_ATTRIBUTES, true);
  if (right !== undefined) return { field, comparator, value: readSearchValue(field, right, RULES) };
  if (field.entity === 'tag') return { field, comparator, value: null };
  throw invalidSearch(`IS NULL / IS NOT NULL is only supported for tags, not for attribute '${field.key}'`);
}

function judge(draft: Draft): SearchTerm {
  const { field, comparator, value } = draft;
  if (field.entity === 'tag') {
    return term(draft, [...TEXT_COMPARATORS, ...NULL_COMPARATORS], `Invalid comparator for tag: ${comparator}`);
  }
  if (field.key === 'experiment_id') return idTerm(draft);
  const oneOf = `Invalid comparator '${comparator}' not one of '${pythonCollection('set', STRINGS)}`;
  if (!RULES.numbers.includes(field.key)) {
    const isList = LIST_COMPARATORS.some((list) => list === comparator);
    return term(
      draft,
      TEXT_COMPARATORS,
      isList ? `Invalid comparator for string attribute: ${comparator}` : `${oneOf}'`,
    );
  }
  const found = term(draft, NUMBER_COMPARATORS, oneOf);
  if (typeof value === 'number' && Number.isInteger(value)) return found;
  throw invalidSearch(`Invalid value for numeric attribute '${field.key}': '${value}'`);
}

function term({ field, comparator, value }: Draft, allowed: readonly Comparator[], message: string): SearchTerm {
  return { ...field, comparator: allowComparator(comparator, allowed, value, message), value };
}

/** Ids are numbers: `'007'` is experiment 7. */
function idTerm(draft: Draft): SearchTerm {
  const found = term(draft, ID_COMPARATORS, `Invalid comparator for experiment_id: ${draft.comparator}`);
  const value = Array.isArray(found.value) ? found.value.map(readId) : readId(String(found.value));
  return { ...found, value };
}

function readId(text: string): string {
  const id = readInteger(text);
  if (id === undefined) throw invalidSearch(`Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
  return String(id);
}
