import Big, { type BigSource } from 'big.js';

/**
 * A decimal of big.js that is never changed after it was made, and so does what is done most often without the copies that big.js makes of both sides of every
 * comparison, sum and product. Results are the same to the last digit; everything else big.js does itself.
 */
export function amountOf(sign: number, exponent: number, digits: number[]): Big {
  return new Amount(sign, exponent, digits) as unknown as Big;
}

/** @throws Error of big.js for what is no number */
export function amountFrom(source: BigSource): Big {
  const { s, e, c } = new Big(source);
  return amountOf(s, e, c);
}

/** The parts of every decimal: its value is `s` × `c[0]`.`c[1]``c[2]`… × 10^`e`; no zero begins or ends the digits but that of 0 itself. */
class Amount {
  readonly s: number;
  readonly e: number;
  readonly c: number[];

  constructor(sign: number, exponent: number, digits: number[]) {
    this.s = sign;
    this.e = exponent;
    this.c = digits;
    // As in every decimal of big.js: by this its own methods make their results.
    this.constructor = Big;
  }

  cmp(other: BigSource): number {
    const { s, e, c } = decimalFrom(other);
    if (c[0] === 0) return this.c[0] === 0 ? 0 : this.s;
    if (this.c[0] === 0) return -s;
    if (this.s !== s) return this.s;
    const size = compareSizes(this.c, this.e, c, e);
    return s < 0 ? 0 - size : size;
  }

  eq(other: BigSource): boolean {
    return this.cmp(other) === 0;
  }

  gt(other: BigSource): boolean {
    return this.cmp(other) > 0;
  }

  gte(other: BigSource): boolean {
    return this.cmp(other) >= 0;
  }

  lt(other: BigSource): boolean {
    return this.cmp(other) < 0;
  }

  lte(other: BigSource): boolean {
    return this.cmp(other) <= 0;
  }

  neg(): Big {
    return amountOf(-this.s, this.e, this.c);
  }

  plus(other: BigSource): Big {
    const { s, e, c } = decimalFrom(other);
    if (c[0] === 0 && this.c[0] !== 0) return this as unknown as Big;
    return sum(this.s, this.e, this.c, s, e, c);
  }

  minus(other: BigSource): Big {
    const { s, e, c } = decimalFrom(other);
    if (c[0] === 0 && this.c[0] !== 0) return this as unknown as Big;
    return sum(this.s, this.e, this.c, -s, e, c);
  }

  times(other: BigSource): Big {
    const { s, e, c } = decimalFrom(other);
    const sign = this.s === s ? 1 : -1;
    if (this.c[0] === 0 || c[0] === 0) return amountOf(sign, 0, [0]);
    return product(sign, this.e + e, this.c, c);
  }

  round(decimals?: number, mode?: number): Big {
    const { s, e, c } = this;
    const kept = (decimals ?? 0) + e + 1;
    if (kept >= c.length) return this as unknown as Big;
    if (mode !== Big.roundDown) return asAmount(Big.prototype.round.call(this, decimals, mode));
    return kept < 1 ? amountOf(s, 0, [0]) : amountOf(s, e, withoutEnd(c.slice(0, kept)));
  }

  toNumber(): number {
    const { s, e, c } = this;
    const shift = e - c.length + 1;
    // Whole numbers up to 2^53 and powers of ten up to 10^22 are exact, so that one operation rounds once, as reading the text does.
    if (c.length > 15 || shift > 22 || shift < -22) return Big.prototype.toNumber.call(this);
    let whole = 0;
    for (const digit of c) whole = whole * 10 + digit;
    const size = shift < 0 ? whole / (POWERS[-shift] as number) : whole * (POWERS[shift] as number);
    return s < 0 ? -size : size;
  }
}

Object.setPrototypeOf(Amount.prototype, Big.prototype);

const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const decimalFrom = (source: BigSource): Big => (typeof source === 'object' ? source : new Big(source));

const asAmount = ({ s, e, c }: Big): Big => amountOf(s, e, c);

/** Of two that are not 0, signs aside: 1, 0 or −1. */
function compareSizes(one: readonly number[], oneAt: number, other: readonly number[], otherAt: number): number {
  if (oneAt !== otherAt) return oneAt > otherAt ? 1 : -1;
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = (one[at] as number) - (other[at] as number);
    if (difference !== 0) return difference > 0 ? 1 : -1;
  }
  return one.length === other.length ? 0 : one.length > other.length ? 1 : -1;
}

/** `x` + `y`, each by its sign, exponent and digits; `y` alone is never 0. */
function sum(xs: number, xe: number, xc: number[], ys: number, ye: number, yc: number[]): Big {
  if (xc[0] === 0) return yc[0] === 0 ? amountOf(xs === ys ? xs : 1, 0, [0]) : amountOf(ys, ye, yc);
  if (xs === ys) return added(xs, xe, xc, ye, yc);
  const size = compareSizes(xc, xe, yc, ye);
  if (size === 0) return amountOf(1, 0, [0]);
  return size > 0 ? subtracted(xs, xe, xc, ye, yc) : subtracted(ys, ye, yc, xe, xc);
}

function added(sign: number, xe: number, xc: number[], ye: number, yc: number[]): Big {
  const highest = Math.max(xe, ye);
  const digits = spread(xc, highest - xe, highest - Math.min(xe - xc.length, ye - yc.length));
  const shift = highest - ye;
  let carry = 0;
  let at = shift + yc.length - 1;
  for (; at >= shift; at -= 1) {
    const digit = (digits[at] as number) + (yc[at - shift] as number) + carry;
    carry = digit > 9 ? 1 : 0;
    digits[at] = digit - 10 * carry;
  }
  for (; carry > 0 && at >= 0; at -= 1) {
    carry = digits[at] === 9 ? 1 : 0;
    digits[at] = carry > 0 ? 0 : (digits[at] as number) + 1;
  }
  if (carry > 0) digits.unshift(1);
  return amountOf(sign, highest + carry, withoutEnd(digits));
}

/** The larger less the smaller. */
function subtracted(sign: number, xe: number, xc: number[], ye: number, yc: number[]): Big {
  const digits = spread(xc, 0, xe - Math.min(xe - xc.length, ye - yc.length));
  const shift = xe - ye;
  let borrowed = 0;
  let at = shift + yc.length - 1;
  for (; at >= shift; at -= 1) {
    const digit = (digits[at] as number) - (yc[at - shift] as number) - borrowed;
    borrowed = digit < 0 ? 1 : 0;
    digits[at] = digit + 10 * borrowed;
  }
  for (; borrowed > 0; at -= 1) {
    borrowed = digits[at] === 0 ? 1 : 0;
    digits[at] = borrowed > 0 ? 9 : (digits[at] as number) - 1;
  }
  let first = 0;
  while (digits[first] === 0) first += 1;
  return amountOf(sign, xe - first, withoutEnd(first === 0 ? digits : digits.slice(first)));
}

/** A copy with so many zeros before it, and as many behind it as make the length. */
function spread(digits: readonly number[], before: number, length: number): number[] {
  const copy: number[] = [];
  for (let at = 0; at < before; at += 1) copy.push(0);
  for (let at = 0; at < digits.length; at += 1) copy.push(digits[at] as number);
  while (copy.length < length) copy.push(0);
  return copy;
}

function product(sign: number, exponent: number, xc: number[], yc: number[]): Big {
  const digits: number[] = [];
  for (let at = xc.length + yc.length; at > 0; at -= 1) digits.push(0);
  for (let x = 0; x < xc.length; x += 1) {
    const digit = xc[x] as number;
    if (digit === 0) continue;
    for (let y = 0; y < yc.length; y += 1)
      digits[x + y + 1] = (digits[x + y + 1] as number) + digit * (yc[y] as number);
  }
  let carry = 0;
  for (let at = digits.length - 1; at >= 0; at -= 1) {
    const all = (digits[at] as number) + carry;
    carry = (all / 10) | 0;
    digits[at] = all - 10 * carry;
  }
  if (digits[0] !== 0) return amountOf(sign, exponent + 1, withoutEnd(digits));
  digits.shift();
  return amountOf(sign, exponent, withoutEnd(digits));
}

/** Takes off the zeros at the end. */
function withoutEnd(digits: number[]): number[] {
  while (digits[digits.length - 1] === 0) digits.pop();
  return digits;
}
