/**
 * The token of an Authorization header: `Bearer <token>`, or `Basic` with the token as the password and any name.
 *
 * @returns `undefined` without a header, `'unreadable'` when it is neither of the two
 */
export function readCredentials(header: string | undefined): { readonly secret: string } | 'unreadable' | undefined {
  if (header === undefined) return undefined;
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { secret: value };
  if (scheme.toLowerCase() !== 'basic') return 'unreadable';
  try {
    const pair = atob(value);
    const colon = pair.indexOf(':');
    return colon === -1 ? 'unreadable' : { secret: pair.slice(colon + 1) };
  } catch {
    return 'unreadable';
  }
}
