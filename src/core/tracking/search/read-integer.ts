/** An integer as Python reads one from a text; undefined when it is none. */
export function readInteger(text: string): bigint | undefined {
  const digits = /^\s*([+-]?)(\d+(?:_\d+)*)\s*$/u.exec(text);
  if (digits === null) return undefined;
  const size = BigInt((digits[2] ?? '').replaceAll('_', ''));
  return digits[1] === '-' ? -size : size;
}
