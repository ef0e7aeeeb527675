const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;
const DIGITS = 16;

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);

/** The bits of a float64, turned so that they order as the numbers do: negative ones are kept as a magnitude. */
function ordered(value: number): bigint {
  // Minus zero equals zero, and must have its text.
  float[0] = value === 0 ? 0 : value;
  const raw = bits[0] ?? 0n;
  return (raw & SIGN) === 0n ? raw | SIGN : ~raw & ALL;
}

const hex = (value: bigint): string => value.toString(16).padStart(DIGITS, '0');

/** Text that sorts like the number; what is no number comes after all of them. */
export const sortableFloat = (value: number): string => (Number.isNaN(value) ? 'nan' : hex(ordered(value)));

/** Text that sorts numbers from the highest to the lowest; what is no number comes after all of them. */
export const descendingFloat = (value: number): string => (Number.isNaN(value) ? 'nan' : hex(ALL - ordered(value)));
