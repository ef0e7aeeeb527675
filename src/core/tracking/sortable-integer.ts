const HALF = 1n << 63n;
const DIGITS = 20;

/** Text that sorts like the whole number, negative ones included. @param value within 64 bits */
export const sortableInteger = (value: number): string => String(BigInt(value) + HALF).padStart(DIGITS, '0');

/** Text that sorts whole numbers from the highest to the lowest. @param value within 64 bits */
export const descendingInteger = (value: number): string => String(HALF - 1n - BigInt(value)).padStart(DIGITS, '0');
