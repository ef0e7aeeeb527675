const ATTRIBUTE_CHARACTER = /[A-Za-z0-9!#$&+.^_`|~-]/;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const quoted = (name: string): string => (TOKEN.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`);

const percent = (name: string): string =>
  [...new TextEncoder().encode(name)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return ATTRIBUTE_CHARACTER.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** Has a browser keep a file instead of showing it, whatever is in it (RFC 6266); another alphabet's names come encoded (RFC 5987). */
export function contentDisposition(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  const plain = name.normalize('NFKD').replace(/[^\x00-\x7f]/g, '');
  if (plain === name) return `attachment; filename=${quoted(name)}`;
  return `attachment; filename=${quoted(plain === '' ? 'download' : plain)}; filename*=UTF-8''${percent(name)}`;
}
