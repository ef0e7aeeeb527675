import Big from 'big.js';
import { amountFrom, amountOf } from './amount.ts';

/** Decimal amounts: exact in +, −, ×. Binary floating point never holds money. */
export type Decimal = Big;

/** Quote currency per unit of base currency. */
export type Price = Big & { readonly __brand: 'Price' };
/** Units of base currency. */
export type Quantity = Big & { readonly __brand: 'Quantity' };

export const decimal = (text: string): Decimal => amountFrom(text);
/** A decimal is never changed, so that the same one may be a price as well. */
export const price = (text: string | Decimal): Price => (typeof text === 'string' ? amountFrom(text) : text) as Price;
export const quantity = (text: string | Decimal): Quantity =>
  (typeof text === 'string' ? amountFrom(text) : text) as Quantity;

export const ZERO: Decimal = decimal('0');

/** The largest multiple of `step` that is not larger than `amount` (both ≥ 0). */
export function floorToStep(amount: Decimal, step: Decimal): Decimal {
  if (isPowerOfTen(step)) return amount.round(-step.e, Big.roundDown);
  return amount.div(step).round(0, Big.roundDown).times(step);
}

/** How many whole steps an amount (≥ 0) holds. */
export function wholeSteps(amount: Decimal, step: Decimal): number {
  if (!isPowerOfTen(step) || amount.e - step.e > 14) return Number(amount.div(step).round(0, Big.roundDown));
  let steps = 0;
  for (let at = 0; at <= amount.e - step.e; at += 1) steps = steps * 10 + (amount.c[at] ?? 0);
  return steps;
}

/** So many steps (a whole number from 0) as an amount. */
export function timesStep(count: number, step: Decimal): Decimal {
  return isPowerOfTen(step) && Number.isSafeInteger(count) ? fromDigits(count, step.e) : step.times(count);
}

/** The decimal that a number is written as: 0.1 is 0.1. What all prices of candles come through. */
export function decimalOf(value: number): Decimal {
  const scaled = Math.round(value * 1e8);
  // With at most 15 digits there is one decimal for a number, the one it is written as.
  if (scaled >= 0 && scaled < 1e15 && scaled / 1e8 === value) return fromDigits(scaled, -8);
  return amountFrom(String(value));
}

/**
 * A quotient rounded half up, the same as `round` of big.js would give it of an exact one, at a tenth of the time: big.js divides digit by digit.
 *
 * @throws RangeError for a divisor of 0
 */
export function divide(amount: Decimal, by: Decimal, decimals = 20): Decimal {
  const [above, below] = [wholeDigits(amount), wholeDigits(by)];
  const shift = decimals + lowestExponent(amount) - lowestExponent(by);
  const numerator = shift >= 0 ? above * powerOfTen(shift) : above;
  const denominator = shift >= 0 ? below : below * powerOfTen(-shift);
  const rounded = (2n * numerator + denominator) / (2n * denominator);
  const quotient =
    rounded < BigInt(Number.MAX_SAFE_INTEGER) ? fromDigits(Number(rounded), -decimals) : fromText(rounded, decimals);
  return amount.s === by.s ? quotient : quotient.neg();
}

/** A quotient (of amounts ≥ 0) cut, exactly, to the largest multiple of `step` that is not larger. */
export function divideToStep(amount: Decimal, by: Decimal, step: Decimal): Decimal {
  if (!isPowerOfTen(step)) return floorToStep(divide(amount, by), step);
  const near = (roughly(amount) / roughly(by)) * 10 ** -step.e;
  const whole = Math.floor(near);
  // Clearly between two whole numbers: floats err by far less.
  if (near < 1e9 && near - whole > 1e-4 && near - whole < 1 - 1e-4) return fromDigits(whole, step.e);
  const shift = lowestExponent(amount) - lowestExponent(by) - step.e;
  const [above, below] = [wholeDigits(amount), wholeDigits(by)];
  const cut = shift >= 0 ? (above * powerOfTen(shift)) / below : above / (below * powerOfTen(-shift));
  return cut <= BigInt(Number.MAX_SAFE_INTEGER) ? fromDigits(Number(cut), step.e) : step.times(decimal(String(cut)));
}

/** Whether `amount × by` (both ≥ 0) is at least `least`: exactly, and without multiplying where floats say it clearly. */
export function isWorthAtLeast(amount: Decimal, by: Decimal, least: Decimal): boolean {
  const [product, bound] = [roughly(amount) * roughly(by), roughly(least)];
  if (product > bound * 1.000_001) return true;
  if (product < bound * 0.999_999) return false;
  return amount.times(by).gte(least);
}

/** Whether floats say clearly that `amount` is at most so far from `from` as a fraction of it (all ≥ 0); where they do not, only decimals can tell. */
export function isClearlyWithin(amount: Decimal, from: Decimal, fraction: number): boolean {
  const [one, other] = [roughly(amount), roughly(from)];
  // Far more than floats err by.
  return Math.abs(one - other) + other * 1e-9 < other * fraction;
}

/** Near enough to compare with what is clearly larger or smaller. */
function roughly({ c, e, s }: Decimal): number {
  const digits = Math.min(c.length, 15);
  let whole = 0;
  for (let at = 0; at < digits; at += 1) whole = whole * 10 + (c[at] as number);
  return s * whole * 10 ** (e - digits + 1);
}

const POWERS = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));
const powerOfTen = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent);

const lowestExponent = ({ c, e }: Decimal): number => e - c.length + 1;

/** The digits as one whole number, without sign and exponent. */
function wholeDigits({ c }: Decimal): bigint {
  if (c.length > 15) return BigInt(c.join(''));
  let whole = 0;
  for (let at = 0; at < c.length; at += 1) whole = whole * 10 + (c[at] as number);
  return BigInt(whole);
}

function fromText(whole: bigint, decimals: number): Decimal {
  const { s, e, c } = decimal(String(whole));
  return amountOf(s, e - decimals, c);
}

/** Most steps are: 0.01, 0.00001. Then no division is needed. */
const isPowerOfTen = (step: Decimal): boolean => step.c.length === 1 && step.c[0] === 1 && step.s === 1;

/** `whole` × 10^`exponent`, without the text that big.js makes of every number. */
function fromDigits(whole: number, exponent: number): Decimal {
  if (whole === 0) return ZERO;
  let left = whole;
  let lowest = exponent;
  const digits: number[] = [];
  while (left > 0) {
    const rest = Math.floor(left / 10);
    const digit = left - 10 * rest;
    // Zeros at the end are no digits.
    if (digit !== 0 || digits.length > 0) digits.push(digit);
    else lowest += 1;
    left = rest;
  }
  digits.reverse();
  return amountOf(1, lowest + digits.length - 1, digits);
}

/** Whether an amount is a whole number of steps; without a division where the step is a power of ten, as nearly every one is. */
export function isWholeSteps(amount: Decimal, step: Decimal): boolean {
  if (isPowerOfTen(step)) return amount.c[0] === 0 || amount.c.length - 1 - amount.e <= -step.e;
  return amount.mod(step).eq(0);
}
