import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Decimal,
  decimal,
  decimalOf,
  divide,
  divideToStep,
  floorToStep,
  isClearlyWithin,
  isWholeSteps,
  isWorthAtLeast,
  timesStep,
  wholeSteps,
} from '../../../src/core/trading/money.ts';

/** Texts of decimals, with up to 13 digits before and after the point. */
const amountText = fc
  .tuple(fc.bigInt({ min: 0n, max: 9_999_999_999_999n }), fc.integer({ min: 0, max: 13 }))
  .map(([digits, places]) => new Big(String(digits)).times(new Big(10).pow(-places)).toFixed());
const step = fc.constantFrom('0.00001', '0.01', '1', '10', '0.5', '0.25', '3').map(decimal);
const bits = ({ c, e, s }: Decimal) => [c, e, s];

describe('money', () => {
  test('is the decimal a number is written as, digit for digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        expect(bits(decimalOf(value + 0))).toEqual(bits(new Big(String(value + 0))));
      }),
    );
    fc.assert(
      fc.property(amountText, (text) => {
        expect(bits(decimalOf(Number(text)))).toEqual(bits(new Big(Number(text))));
      }),
    );
    expect(decimalOf(46_315.13).toFixed()).toBe('46315.13');
  });

  test('divides to the same digits as big.js', () => {
    fc.assert(
      fc.property(amountText, amountText, fc.boolean(), (above, below, negative) => {
        const [a, b] = [decimal(negative ? `-${above}` : above), decimal(below)];
        fc.pre(!b.eq(0));
        const [ours, theirs] = [divide(a, b), a.div(b)];
        expect(ours.toFixed().replace(/^-0$/, '0')).toBe(theirs.toFixed().replace(/^-0$/, '0'));
      }),
    );
    expect(divide(decimal('2'), decimal('3'), 4).toFixed()).toBe('0.6667');
    expect(divide(decimal('-1'), decimal('8'), 2).toFixed()).toBe('-0.13');
    expect(() => divide(decimal('1'), decimal('0'))).toThrow(RangeError);
  });

  test('calls only what exactly is within a fraction clearly within it', () => {
    const close = fc.tuple(amountText, fc.double({ min: -0.02, max: 0.02, noNaN: true })).map(([text, away]) => {
      const from = decimal(text);
      return { from, amount: from.plus(from.times(String(away))) };
    });
    fc.assert(
      fc.property(close, fc.constantFrom(0, 1e-9, 0.001, 0.01), ({ from, amount }, fraction) => {
        if (!isClearlyWithin(amount, from, fraction)) return;
        expect(amount.minus(from).abs().lt(from.times(fraction))).toBe(true);
      }),
    );
    expect(isClearlyWithin(decimal('100.9'), decimal('100'), 0.01)).toBe(true);
    expect(isClearlyWithin(decimal('101'), decimal('100'), 0.01)).toBe(false);
    expect(isClearlyWithin(decimal('98.9'), decimal('100'), 0.01)).toBe(false);
  });

  test('floors to steps and counts them the same way, for steps of every kind', () => {
    fc.assert(
      fc.property(amountText, step, (text, size) => {
        const amount = decimal(text);
        const floored = floorToStep(amount, size);
        const count = wholeSteps(amount, size);
        expect(floored.eq(size.times(amount.div(size).round(0, Big.roundDown)))).toBe(true);
        expect(isWholeSteps(floored, size)).toBe(true);
        if (Number.isSafeInteger(count)) expect(bits(timesStep(count, size))).toEqual(bits(floored));
      }),
    );
  });

  test('cuts a quotient to the step that is not beyond it, exactly', () => {
    fc.assert(
      fc.property(amountText, amountText, step, (above, below, size) => {
        const [a, b] = [decimal(above), decimal(below)];
        fc.pre(b.gt(0) && size.c.length === 1 && size.c[0] === 1);
        const cut = divideToStep(a, b, size);
        expect(isWholeSteps(cut, size)).toBe(true);
        expect(cut.times(b).lte(a)).toBe(true);
        expect(cut.plus(size).times(b).gt(a)).toBe(true);
      }),
    );
  });

  test('compares a product as exactly as by multiplying, next to the bound as well', () => {
    const nudge = fc.constantFrom('0', '0.0000000000001', '-0.0000000000001', '1', '-1', '100000');
    fc.assert(
      fc.property(amountText, amountText, nudge, (one, other, by) => {
        const [a, b] = [decimal(one), decimal(other)];
        const least = a.times(b).plus(by);
        fc.pre(least.gte(0));
        expect(isWorthAtLeast(a, b, least)).toBe(a.times(b).gte(least));
      }),
    );
  });
});
