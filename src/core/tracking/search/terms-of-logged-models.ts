import { allowComparator } from './allow-comparator.ts';
import { invalidSearch } from './invalid-search.ts';
import { LOGGED_MODEL_ATTRIBUTES, LOGGED_MODEL_NUMBERS, loggedModelKey } from './logged-model-attributes.ts';
import { pythonCollection } from './python-collection.ts';
import { pythonText } from './python-text.ts';
import { type Comparison, readClauses } from './read-clauses.ts';
import { readStringList } from './read-string-list.ts';
import type { Comparator, SearchField, SearchTerm, SearchValue } from './search-term.ts';

const ENTITIES: Readonly<Record<string, SearchField['entity']>> = {
  attributes: 'attribute',
  metrics: 'metric',
  params: 'param',
  tags: 'tag',
};
const NUMBER_COMPARATORS: readonly Comparator[] = ['<', '<=', '>', '>=', '=', '!='];
const STRINGS: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];

/** @throws MlflowError INVALID_PARAMETER_VALUE when the text is no filter of logged models */
export function termsOfLoggedModels(text: string): readonly SearchTerm[] {
  const { comparisons, strangers, isMultiple } = readClauses(text);
  if (text.trim() === '' || isMultiple)
    throw invalidSearch(`Invalid filter string: ${pythonText(text)}. Expected a single SQL expression.`);
  if (strangers.length > 0) {
    throw invalidSearch(
      `Invalid filter string: ${pythonText(text)}. Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').`,
    );
  }
  return comparisons.map(readTerm);
}

function readTerm({ left, comparator: written, right, text }: Comparison): SearchTerm {
  if (right === undefined) throw invalidSearch(`Invalid comparison: ${text}. Expected a comparison with 3 tokens.`);
  const field = readField(left.text);
  const isNumber = field.entity === 'metric' || LOGGED_MODEL_NUMBERS.includes(field.key);
  const allowed = isNumber ? NUMBER_COMPARATORS : STRINGS;
  const operator = written.toUpperCase();
  const value = isNumber ? readNumber(right.text) : readText(right.text);
  const message = `Invalid comparison operator for ${shown(field)}: ${pythonText(operator)}. Expected one of ${pythonCollection('tuple', allowed)}.`;
  if (!allowed.some((candidate) => candidate === operator)) throw invalidSearch(message);
  if (Number.isNaN(value)) throw invalidSearch(`Expected numeric value type for ${shown(field)}. Found ${right.text}`);
  return { ...field, comparator: allowComparator(operator, allowed, value, message), value };
}

function readField(written: string): SearchField {
  const [, prefix, name] = /^([a-z]+)\.(.+)$/su.exec(written) ?? [];
  if (prefix === undefined || name === undefined) return attribute(written);
  if (!Object.hasOwn(ENTITIES, prefix)) {
    throw invalidSearch(
      `Invalid entity type: ${pythonText(prefix)}. Expected one of ${pythonCollection('list', Object.keys(ENTITIES))}.`,
    );
  }
  const entity = ENTITIES[prefix] ?? 'attribute';
  return entity === 'attribute' ? attribute(name) : { entity, key: trimBackticks(name) };
}

function attribute(written: string): SearchField {
  const key = loggedModelKey(trimBackticks(written));
  if (LOGGED_MODEL_ATTRIBUTES.includes(key)) return { entity: 'attribute', key };
  throw invalidSearch(
    `Invalid attribute key '${written}' specified. Valid keys are '${pythonCollection('set', LOGGED_MODEL_ATTRIBUTES)}'`,
  );
}

function shown({ entity, key }: SearchField): string {
  return `${entity}s.${key}`;
}

function readNumber(written: string): number {
  return written.trim() === '' ? Number.NaN : Number(written.replace(/^['"].*$/su, 'NaN'));
}

/** Single quotes are dropped; anything else belongs to the value, double quotes too. */
function readText(written: string): SearchValue {
  return written.startsWith('(') && written.endsWith(')') ? readStringList(written) : written.replace(/^'+|'+$/gu, '');
}

function trimBackticks(written: string): string {
  return written.replace(/^`+|`+$/gu, '');
}
