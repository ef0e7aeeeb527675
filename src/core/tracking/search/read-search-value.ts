import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import { readStringList } from './read-string-list.ts';
import type { Unit } from './read-units.ts';
import type { SearchField, SearchValue } from './search-term.ts';
import { unquoteValue } from './unquote.ts';

/** Which attributes are numbers, and which may be compared with a list. */
export interface ValueRules {
  readonly numbers: readonly string[];
  readonly lists: readonly string[];
}

/**
 * Reads a clause's right side as its field wants it: numbers for metrics and times, quoted text for all else, lists where allowed.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when it is something else
 */
export function readSearchValue(field: SearchField, written: Unit, rules: ValueRules): SearchValue {
  const { entity, key } = field;
  if (entity === 'metric') return readNumber(written, 'metric');
  if (entity === 'attribute' && rules.numbers.includes(key)) return readNumber(written, `numeric attribute: ${key}`);
  if (isText(written)) return unquoteValue(written.text);
  if (entity === 'param' || entity === 'tag') {
    const name = entity === 'param' ? 'parameter' : entity;
    throw invalidSearch(`Expected a quoted string value for ${name} (e.g. 'my-value'). Got value ${written.text}`);
  }
  if (written.kind === 'list') {
    if (entity === 'attribute') checkListSupported(key, rules.lists);
    return readStringList(written.text);
  }
  throw invalidSearch(
    `Expected a quoted string value for ${entity === 'attribute' ? '' : 'dataset '}attributes. Got value ${written.text}`,
  );
}

/** A name is let through as a text so that the message can ask for its quotes. */
export function isText(written: Unit): boolean {
  return written.kind === 'string' || written.kind === 'identifier';
}

/** @throws MlflowError INVALID_PARAMETER_VALUE when an attribute may not be compared with a list */
export function checkListSupported(key: string, lists: readonly string[]): void {
  if (lists.includes(key)) return;
  throw invalidSearch(
    `Only ${pythonCollection('list', lists)} attributes support comparison with a list of quoted string values.`,
  );
}

function readNumber(written: Unit, what: string): number {
  if (written.kind === 'integer' || written.kind === 'float') return Number(written.text);
  throw invalidSearch(`Expected numeric value type for ${what}. Found ${written.text}`);
}
