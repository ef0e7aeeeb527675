import { decimal } from '../trading/money.ts';

const PLAIN = /^-?\d+\.\d+$/;

/** A decimal number for a sentence: as many digits as its size makes worth reading, at most eight. Other text comes back as it is. */
export function shortDecimal(text: string): string {
  if (!PLAIN.test(text)) return text;
  const value = decimal(text);
  const size = value.abs();
  return value.round(size.gte(100) ? 2 : size.gte(1) ? 4 : 8).toFixed();
}
