import type { Json } from '../ports/ledger.ts';

/** JSON as Python's `json.dumps` writes it: with spaces, and in ASCII. Clients compare such texts. */
export function pythonJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([name, member]) => `${text(name)}: ${pythonJson(member)}`);
    return `{${members.join(', ')}}`;
  }
  return typeof value === 'string' ? text(value) : JSON.stringify(value);
}

const text = (value: string): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
