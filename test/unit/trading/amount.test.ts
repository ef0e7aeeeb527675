import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountFrom } from '../../../src/core/trading/amount.ts';

const text = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.bigInt({ min: 0n, max: 99n }),
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.bigInt({ min: 0n, max: 10n ** 30n }),
      fc.integer({ min: 0, max: 20 }).map((zeros) => 10n ** BigInt(zeros)),
      fc.integer({ min: 1, max: 20 }).map((nines) => 10n ** BigInt(nines) - 1n),
    ),
    fc.integer({ min: -30, max: 12 }),
  )
  .map(([sign, digits, exponent]) => `${sign}${digits}e${exponent}`);
const bits = ({ s, e, c }: Big) => [s, e, c];

describe('an amount', () => {
  test('adds, subtracts, multiplies and compares as big.js does, to the last digit and sign', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [a, b] = [amountFrom(one), amountFrom(other)];
        const [x, y] = [new Big(one), new Big(other)];
        expect(bits(a.plus(b))).toEqual(bits(x.plus(y)));
        expect(bits(a.minus(b))).toEqual(bits(x.minus(y)));
        expect(bits(a.times(b))).toEqual(bits(x.times(y)));
        expect(bits(a.neg())).toEqual(bits(x.neg()));
        for (const [p, q, l, m] of [
          [a, b, x, y],
          [a, a, x, x],
        ] as const) {
          expect(p.cmp(q)).toBe(l.cmp(m));
          expect([p.eq(q), p.gt(q), p.gte(q), p.lt(q), p.lte(q)]).toEqual([
            l.eq(m),
            l.gt(m),
            l.gte(m),
            l.lt(m),
            l.lte(m),
          ]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes away nearly all of itself as big.js does', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [near, exact] = [amountFrom(one).plus(other), new Big(one).plus(other)];
        expect(bits(near.minus(one))).toEqual(bits(exact.minus(one)));
        expect(bits(amountFrom(one).minus(near))).toEqual(bits(new Big(one).minus(exact)));
      }),
    );
  });

  test('is rounded as big.js does, and is the number that its text is', () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: -15, max: 30 }),
        fc.constantFrom(0, 1, 2, 3, undefined),
        (one, places, mode) => {
          const [ours, theirs] = [amountFrom(one), new Big(one)];
          expect(bits(ours.round(places, mode))).toEqual(bits(theirs.round(places, mode)));
          expect(Object.is(ours.toNumber(), theirs.toNumber())).toBe(true);
          expect(ours.toFixed()).toBe(theirs.toFixed());
          expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('is never changed by what is done with it, and goes together with decimals of big.js and numbers', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [a, b] = [amountFrom(one), new Big(other)];
        const before = [bits(a), bits(b)].map((each) => JSON.stringify(each));
        expect(bits(b.plus(a))).toEqual(bits(new Big(other).plus(one)));
        expect(bits(a.plus(b).minus(b).times(b).neg())).toEqual(bits(new Big(one).plus(b).minus(b).times(b).neg()));
        a.round(2, Big.roundDown).abs();
        if (!b.eq(0)) expect(bits(a.div(b))).toEqual(bits(new Big(one).div(b)));
        expect([bits(a), bits(b)].map((each) => JSON.stringify(each))).toEqual(before);
      }),
    );
    expect(bits(amountFrom('1.5').times(2))).toEqual(bits(new Big(3)));
    expect(amountFrom('0.1').gt(0)).toBe(true);
    expect(amountFrom('7')).toEqual(new Big(7));
    expect(() => amountFrom('seven')).toThrow('Invalid number');
  });
});
