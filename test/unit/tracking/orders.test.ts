import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstMatches } from '../../../src/core/tracking/first-matches.ts';
import { inTurn } from '../../../src/core/tracking/in-turn.ts';
import { pageOffset, pageTokenAt } from '../../../src/core/tracking/page-token.ts';
import { pythonJson } from '../../../src/core/tracking/python-json.ts';
import { samplePoints } from '../../../src/core/tracking/sample-points.ts';
import { descendingFloat, sortableFloat } from '../../../src/core/tracking/sortable-float.ts';
import { descendingInteger, sortableInteger } from '../../../src/core/tracking/sortable-integer.ts';

const sign = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

describe('texts that sort like numbers', () => {
  test('do for all finite floats, in both directions', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        expect(sign(sortableFloat(a), sortableFloat(b))).toBe(sign(a, b));
        expect(sign(descendingFloat(a), descendingFloat(b))).toBe(-sign(a, b) + 0);
      }),
      {
        examples: [
          [-0, 0],
          [Number.MIN_VALUE, 0],
          [-Number.MIN_VALUE, Number.MIN_VALUE],
          [-Infinity, Infinity],
        ],
      },
    );
    for (const text of [sortableFloat, descendingFloat]) {
      expect(text(Number.NaN) > text(Infinity)).toBe(true);
      expect(text(Number.NaN) > text(-Infinity)).toBe(true);
    }
  });

  test('do for whole numbers of 64 bits, in both directions and in one length', () => {
    const whole = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-(2 ** 63), 2 ** 63 - 2 ** 10, 0, -1));
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        expect(sign(sortableInteger(a), sortableInteger(b))).toBe(sign(a, b));
        expect(sign(descendingInteger(a), descendingInteger(b))).toBe(-sign(a, b) + 0);
        expect([sortableInteger(a).length, descendingInteger(a).length]).toEqual([20, 20]);
      }),
    );
  });
});

test('the first matches are those that sorting all would give', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      (all, count) => {
        const compare = (a: number, b: number) => a - b;
        expect(firstMatches(all, count, compare)).toEqual(all.toSorted(compare).slice(0, count));
      },
    ),
  );
});

describe('a sample', () => {
  test('has at most so many, in order, with the first and the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 2, max: 50 }), (length, count) => {
        const all = Array.from({ length }, (_, at) => at);
        const sample = samplePoints(all, count);
        expect(sample).toHaveLength(Math.min(length, count));
        expect([sample[0], sample.at(-1)]).toEqual([all[0], all.at(-1)]);
        expect(sample).toEqual([...new Set(sample)].toSorted((a, b) => a - b));
        const gaps = sample.slice(1, -1).map((at, index) => at - (sample[index] ?? 0));
        expect(Math.max(1, ...gaps) - Math.min(Math.ceil(length / count), ...gaps)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is split as the genuine server splits: ten values in four parts of 3, 3, 2 and 2, the last replaced by the last of all', () => {
    expect(samplePoints([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 3, 6, 9]);
    expect(samplePoints([0, 1, 2], 1)).toEqual([2]);
  });
});

describe('a page token', () => {
  test('says where its page begins, as the genuine server writes it', () => {
    expect(pageTokenAt(1)).toBe('eyJvZmZzZXQiOiAxfQ==');
    fc.assert(
      fc.property(fc.nat(), (offset) => {
        expect(pageOffset(pageTokenAt(offset + 1))).toBe(offset + 1);
      }),
    );
    expect([pageOffset(undefined), pageOffset('')]).toEqual([0, 0]);
  });

  test.each(['!', btoa('x'), btoa('null'), btoa('{"offset":0}'), btoa('{"offset":-1}'), btoa('{"offset":"x"}')])(
    'is refused when it is %s',
    (token) => {
      expect(() => pageOffset(token)).toThrow(/Invalid page token/);
    },
  );
});

test("JSON is written as Python's json.dumps writes it", () => {
  const value = { a: [1, 'é😀"\n', null, true], b: {} };
  expect(pythonJson(value)).toBe('{"a": [1, "\\u00e9\\ud83d\\ude00\\"\\n", null, true], "b": {}}');
});

test('work on one thing is done in the order it came, after a failure too, and other things do not wait', async () => {
  const owner = {};
  const done: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = inTurn(owner, 'a', async () => {
    await held.promise;
    done.push('first');
    throw new Error('failed');
  });
  const second = inTurn(owner, 'a', async () => done.push('second'));
  await inTurn(owner, 'b', async () => done.push('other'));
  await inTurn({}, 'a', async () => done.push('elsewhere'));
  held.resolve();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(done).toEqual(['other', 'elsewhere', 'first', 'second']);
});
