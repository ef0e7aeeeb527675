import { invalidSearch } from './invalid-search.ts';
import { pythonText } from './python-text.ts';

const ENTRY = /\s*(?:'((?:\\[\s\S]|[^'\\])*)'|"((?:\\[\s\S]|[^"\\])*)"|(-?[\d.]+(?:e-?\d+)?))\s*(,|$)/iuy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };

/**
 * Reads `('a', "b")`, the right side of IN. Unlike elsewhere, backslashes escape here: the genuine server reads the list as Python.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when the list is empty, ill-formed, or holds something else than texts
 */
export function readStringList(written: string): readonly string[] {
  const inside = written.slice(1, -1);
  if (inside.trim() === '')
    throw invalidSearch(
      'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    );
  const entries = readEntries(inside);
  if (entries.every((entry) => entry.isText)) return entries.map(({ value }) => value);
  const shown = entries.map(({ value, isText }) => (isText ? pythonText(value) : value));
  throw invalidSearch(
    `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: (${shown.join(', ')}${shown.length === 1 ? ',' : ''})`,
  );
}

interface Entry {
  readonly value: string;
  /** Otherwise a number, as written. */
  readonly isText: boolean;
}

function readEntries(inside: string): readonly Entry[] {
  const entries: Entry[] = [];
  for (ENTRY.lastIndex = 0; ENTRY.lastIndex < inside.length; ) {
    if (entries.length > 0 && inside.slice(ENTRY.lastIndex).trim() === '') break;
    const found = ENTRY.exec(inside);
    if (found === null) {
      throw invalidSearch(
        'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.',
      );
    }
    const text = found[1] ?? found[2];
    entries.push(
      text === undefined ? { value: found[3] ?? '', isText: false } : { value: readEscapes(text), isText: true },
    );
  }
  return entries;
}

function readEscapes(text: string): string {
  return text.replace(
    /\\([\s\S])/gu,
    (both, character: string) => ESCAPES[character] ?? ('\'"\\'.includes(character) ? character : both),
  );
}
