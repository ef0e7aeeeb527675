import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../../src/core/access/token-bucket.ts';

describe('a token bucket', () => {
  it('gives a burst, then as many a second as it may, and says how long the next one takes', () => {
    const bucket = createTokenBucket({ burst: 3, perSecond: 2 }, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.wait(0)).toBe(500);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.wait(500)).toBe(0);
    expect([500, 500, 1_000, 1_000].map((now) => bucket.take(now))).toEqual([true, false, true, false]);
  });

  it('never gives more than its burst and its rate allow, however it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
        (burst, perSecond, pauses) => {
          const bucket = createTokenBucket({ burst, perSecond }, 0);
          let now = 0;
          let given = 0;
          for (const pause of pauses) {
            now += pause;
            if (bucket.take(now)) given += 1;
          }
          expect(given).toBeLessThanOrEqual(burst + (now / 1_000) * perSecond + 1e-6);
        },
      ),
    );
  });

  it('takes nothing back when its clock stands still or errs backwards', () => {
    const bucket = createTokenBucket({ burst: 1, perSecond: 1 }, 1_000);
    expect(bucket.take(1_000)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(1_999)).toBe(false);
    expect(bucket.take(2_000)).toBe(true);
  });
});
