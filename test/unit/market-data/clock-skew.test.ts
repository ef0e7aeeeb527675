import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockSkew } from '../../../src/core/market-data/clock-skew.ts';

it('is the difference at the middle of the quickest round trip', () => {
  const slow = { sentAt: 0, serverTime: 1_090, receivedAt: 100 };
  const quick = { sentAt: 200, serverTime: 1_205, receivedAt: 210 };
  expect(clockSkew([slow, quick, slow])).toEqual({ skewMs: 1_000, uncertaintyMs: 6 });
});

it('is never further from the truth than it says, however the ways there and back differ', () => {
  const trip = fc.record({
    at: fc.nat(1e6),
    there: fc.double({ min: 0, max: 900, noNaN: true }),
    back: fc.double({ min: 0, max: 900, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(trip, { minLength: 1, maxLength: 8 }), fc.integer({ min: -1e6, max: 1e6 }), (trips, skew) => {
      const { skewMs, uncertaintyMs } = clockSkew(
        trips.map(({ at, there, back }) => ({
          sentAt: at,
          serverTime: Math.floor(at + there + skew),
          receivedAt: at + there + back,
        })),
      );
      expect(Math.abs(skewMs - skew)).toBeLessThanOrEqual(uncertaintyMs + 1e-6);
    }),
  );
});

it('leaves out a round trip that ended before it began, and is refused when none is left', () => {
  const backwards = { sentAt: 100, serverTime: 5, receivedAt: 40 };
  const noTime = { sentAt: 0, serverTime: Number.NaN, receivedAt: 1 };
  expect(clockSkew([backwards, noTime, { sentAt: 0, serverTime: 50, receivedAt: 20 }]).skewMs).toBe(40);
  expect(() => clockSkew([backwards, noTime])).toThrow(expect.objectContaining({ code: 'CLOCK_UNKNOWN' }));
});
