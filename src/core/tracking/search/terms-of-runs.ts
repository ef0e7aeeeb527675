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
import { canonicalRunKey, readRunField } from './read-run-field.ts';
import { readSearchValue, type ValueRules } from './read-search-value.ts';
import type { Comparator, SearchField, SearchTerm, SearchValue } from './search-term.ts';

const RULES: ValueRules = { numbers: ['start_time', 'end_time', 'created', 'Created'], lists: ['run_id'] };
const STRINGS = [...TEXT_COMPARATORS, ...LIST_COMPARATORS];
const TAGS = [...TEXT_COMPARATORS, ...NULL_COMPARATORS];

/** A clause before its comparator is judged: the genuine server complains of values first. */
interface Draft {
  readonly field: SearchField;
  readonly comparator: string;
  readonly value: SearchValue;
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when the text is no filter of runs */
export function termsOfRuns(text: string): readonly SearchTerm[] {
  return readComparisons(text, (stranger) => `'${stranger}'`)
    .map(readDraft)
    .map(judge);
}

function readDraft({ left, comparator, right }: Comparison): Draft {
  const field = readRunField(left.text, 'filter');
  if (right !== undefined)
    return { field, comparator: comparator.toUpperCase(), value: readSearchValue(field, right, RULES) };
  if (field.entity === 'tag' || field.entity === 'param') return { field, comparator, value: null };
  throw invalidSearch(
    `IS NULL / IS NOT NULL is only supported for tags and params, not for '${field.entity}' '${field.key}'`,
  );
}

function judge({ field, comparator, value }: Draft): SearchTerm {
  const key = canonicalRunKey(field);
  const [allowed, shown, end] = allowedFor(field.entity, RULES.numbers.includes(key));
  const message = `Invalid comparator '${comparator}' not one of '${pythonCollection('set', shown)}${end}`;
  return { entity: field.entity, key, comparator: allowComparator(comparator, allowed, value, message), value };
}

/** What is allowed, and what the genuine message says is: they differ for times, and some messages lack their last quote. */
function allowedFor(
  entity: SearchField['entity'],
  isNumber: boolean,
): readonly [readonly Comparator[], readonly Comparator[], string] {
  if (entity === 'metric') return [NUMBER_COMPARATORS, NUMBER_COMPARATORS, ''];
  if (entity === 'param') return [TAGS, TAGS, "'"];
  if (entity === 'tag') return [TAGS, TAGS, ''];
  if (entity === 'dataset') return [STRINGS, STRINGS, ''];
  return isNumber ? [NUMBER_COMPARATORS, STRINGS, ''] : [STRINGS, STRINGS, "'"];
}
