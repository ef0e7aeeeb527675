import { AresError } from '../ares-error.ts';

const refuse = (path: string, value: unknown): never => {
  const was =
    typeof value === 'object' ? `an instance of ${value?.constructor?.name}` : `${typeof value} ${String(value)}`;
  throw new AresError(
    'VALUE_INVALID',
    `${path} must be JSON (text, finite number, boolean, null, list, plain object), was ${was}`,
    { path },
  );
};

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : refuse(path, value);
  if (Array.isArray(value)) return `[${value.map((member, at) => write(member, `${path}[${at}]`)).join(',')}]`;
  if (typeof value !== 'object') return refuse(path, value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, value);
  const members: string[] = [];
  for (const [name, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${write(member, `${path}.${name}`)}`);
  }
  return `{${members.join(',')}}`;
}

/**
 * The one text of a JSON value: names sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them
 * (the JSON Canonicalization Scheme, RFC 8785). A member that is `undefined` counts as absent.
 *
 * @throws AresError `VALUE_INVALID` naming the path of what is not JSON
 */
export function canonicalJson(value: unknown): string {
  return write(value, 'value');
}
