import { allowComparator, LIST_COMPARATORS, NUMBER_COMPARATORS, TEXT_COMPARATORS } from './allow-comparator.ts';
import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import { pythonText } from './python-text.ts';
import type { Comparison } from './read-clauses.ts';
import { readComparisons } from './read-comparisons.ts';
import { readInteger } from './read-integer.ts';
import { checkListSupported, isText, type ValueRules } from './read-search-value.ts';
import { readStringList } from './read-string-list.ts';
import { readTaggedField, type TaggedField } from './read-tagged-field.ts';
import type { Unit } from './read-units.ts';
import type { SearchTerm, SearchValue } from './search-term.ts';
import { unquoteValue } from './unquote.ts';

export interface RegistryRules extends ValueRules {
  readonly attributes: readonly string[];
}

const STRINGS = [...TEXT_COMPARATORS, ...LIST_COMPARATORS];

interface Draft {
  readonly field: TaggedField;
  readonly comparator: string;
  readonly value: SearchValue;
  /** Whether a number was written with a point: only integers are compared. */
  readonly isFloat: boolean;
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when the text is no filter of registered models, or of their versions */
export function termsOfRegistry(text: string, rules: RegistryRules): readonly SearchTerm[] {
  return readComparisons(text)
    .map((comparison) => readDraft(comparison, rules))
    .map((draft) => judge(draft, rules));
}

function readDraft({ left, comparator, right }: Comparison, rules: RegistryRules): Draft {
  const field = readTaggedField(left.text, rules.attributes, false);
  if (right === undefined)
    throw invalidSearch(`${comparator} is not supported for registered models and their versions, was: ${left.text}`);
  return {
    field,
    comparator: comparator.toUpperCase(),
    value: readValue(field, right, rules),
    isFloat: right.kind === 'float',
  };
}

function readValue({ entity, key }: TaggedField, written: Unit, rules: RegistryRules): SearchValue {
  if (isText(written)) return unquoteValue(written.text);
  if (entity === 'tag')
    throw invalidSearch(`Expected a quoted string value for tag (e.g. 'my-value'). Got value ${written.text}`);
  if (written.kind === 'list') {
    checkListSupported(key, rules.lists);
    return readStringList(written.text);
  }
  const isNumber = written.kind === 'integer' || written.kind === 'float';
  if (isNumber && rules.numbers.includes(key)) return Number(written.text);
  if (isNumber && rules.numbers.length > 0) {
    throw invalidSearch(
      `Only the '${pythonCollection('set', rules.numbers)}' attributes support comparison with numeric values.`,
    );
  }
  throw invalidSearch(
    `Expected a quoted string value or a list of quoted string values for attributes. Got value ${written.text}`,
  );
}

function judge(draft: Draft, rules: RegistryRules): SearchTerm {
  const { field, comparator, value } = draft;
  if (field.entity === 'tag') {
    const message = `Invalid comparator for tag: ${comparator}`;
    return { ...field, comparator: allowComparator(comparator, TEXT_COMPARATORS, value, message), value };
  }
  if (rules.numbers.includes(field.key)) return numberTerm(draft);
  const allowed = rules.lists.includes(field.key) ? STRINGS : TEXT_COMPARATORS;
  return {
    ...field,
    comparator: allowComparator(comparator, allowed, value, `Invalid comparator for attribute: ${comparator}`),
    value,
  };
}

/** A number may stand in quotes here. */
function numberTerm({ field, comparator, value, isFloat }: Draft): SearchTerm {
  const message = `Invalid comparator for attribute ${field.key}: ${comparator}`;
  const allowed = allowComparator(comparator, NUMBER_COMPARATORS, value, message);
  const integer = typeof value === 'string' ? readInteger(value) : value;
  if (!isFloat && integer !== undefined) return { ...field, comparator: allowed, value: Number(integer) };
  throw invalidSearch(
    `Invalid value for numeric attribute '${field.key}': ${typeof value === 'string' ? pythonText(value) : value}`,
  );
}
