import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastDue, rateMillis } from '../../../src/core/events/rate.ts';
import { retryDelay } from '../../../src/core/events/retry-delay.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

describe('a rate', () => {
  it.each([
    ['rate(60 seconds)', 60_000],
    ['rate(1 minute)', 60_000],
    ['rate(15 minutes)', 900_000],
    ['rate(1 hour)', 3_600_000],
  ])('%s is %d ms', (rate, ms) => {
    expect(rateMillis(rate)).toBe(ms);
  });

  it.each(['', 'rate(0 minutes)', 'rate(1.5 hours)', 'cron(0 * * * ? *)', 'rate(1 day)'])('refuses %j', (rate) => {
    expect(() => rateMillis(rate)).toThrow(`rate must be like "rate(15 minutes)", was "${rate}"`);
  });

  it('was last due at a whole multiple of itself, not later than now and less than one interval ago', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), fc.integer({ min: 0, max: 4e12 }), (rateMs, now) => {
        const due = lastDue(rateMs, epochMillis(now));
        return due % rateMs === 0 && due <= now && now - due < rateMs;
      }),
    );
  });
});

describe('the wait before a retry', () => {
  const random = (next: number) => ({ next: () => next, id: () => '' });

  it('lies between nothing and a bound that doubles up to a minute', () => {
    const bounds = [1, 2, 3, 8, 9, 10, 50].map((attempt) => retryDelay(attempt, random(1)));
    expect(bounds).toEqual([200, 400, 800, 25_600, 51_200, 60_000, 60_000]);
    expect(retryDelay(5, random(0))).toBe(0);
    expect(retryDelay(1, random(0.25))).toBe(50);
  });
});
