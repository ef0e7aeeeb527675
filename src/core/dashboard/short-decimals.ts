import { decimal } from '../trading/money.ts';

/** A number with a fraction that stands for itself: not part of a name, a version or a date. */
const FRACTION = /(?<![\w.-])-?\d+\.\d+(?!\w|\.\d|-\d)/g;

function shorten(text: string): string {
  const value = decimal(text);
  const size = value.abs();
  if (size.lt(1)) return value.prec(5).toFixed();
  return value.round(size.gte(100) ? 2 : 4).toFixed();
}

/** The text with its decimal numbers cut to the digits their size makes worth reading: cents from a hundred up, five significant digits below one. */
export const shortDecimals = (text: string): string => text.replaceAll(FRACTION, shorten);
