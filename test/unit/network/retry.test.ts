import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../../../src/core/network/backoff.ts';
import { type RetryPolicy, retry, type Verdict } from '../../../src/core/network/retry.ts';
import { manualTime } from './manual-time.ts';

const always = (value: number) => ({ next: () => value, id: () => '' });
const policy: RetryPolicy = { baseMs: 100, capMs: 1_000, maxAttempts: 5, maxTotalMs: 10_000 };
const again: Verdict = { again: true, notBeforeMs: 0 };

describe('backoffDelay', () => {
  it('is never negative, never above the cap, and at most doubles the base each failure', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        (failures, draw, baseMs, capMs) => {
          const delay = backoffDelay(failures, { baseMs, capMs }, always(draw));
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** (failures - 1)));
        },
      ),
    );
  });

  it('grows 100, 200, 400, 800 and stops at the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6].map((failures) => backoffDelay(failures, policy, always(1)));
    expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });
});

describe('retry', () => {
  const failing = (times: number, failure: unknown = new Error('down')) => {
    let calls = 0;
    return {
      calls: () => calls,
      attempt: async () => {
        calls += 1;
        if (calls <= times) throw failure;
        return `answer ${calls}`;
      },
    };
  };

  it('returns the first answer without waiting', async () => {
    const time = manualTime();
    await expect(retry(failing(0).attempt, () => again, policy, { ...time, random: always(0.5) })).resolves.toBe(
      'answer 1',
    );
    expect(time.slept).toEqual([]);
  });

  it('waits longer after each failure', async () => {
    const time = manualTime();
    await expect(retry(failing(3).attempt, () => again, policy, { ...time, random: always(0.5) })).resolves.toBe(
      'answer 4',
    );
    expect(time.slept).toEqual([50, 100, 200]);
  });

  it('waits at least as long as the other side asked', async () => {
    const time = manualTime();
    const verdict = (): Verdict => ({ again: true, notBeforeMs: 700 });
    await retry(failing(1).attempt, verdict, policy, { ...time, random: always(0.5) });
    expect(time.slept).toEqual([700]);
  });

  it('gives up with the very failure after the last attempt', async () => {
    const failure = new Error('still down');
    const source = failing(99, failure);
    await expect(retry(source.attempt, () => again, policy, { ...manualTime(), random: always(0) })).rejects.toBe(
      failure,
    );
    expect(source.calls()).toBe(5);
  });

  it('does not repeat what must not be repeated', async () => {
    const source = failing(99);
    const random = always(0);
    await expect(retry(source.attempt, () => ({ again: false }), policy, { ...manualTime(), random })).rejects.toThrow(
      'down',
    );
    expect(source.calls()).toBe(1);
  });

  it('begins no attempt after the total time', async () => {
    const time = manualTime();
    const source = failing(99);
    const slow: Verdict = { again: true, notBeforeMs: 6_000 };
    await expect(retry(source.attempt, () => slow, policy, { ...time, random: always(0) })).rejects.toThrow('down');
    expect(time.slept).toEqual([6_000]);
    expect(source.calls()).toBe(2);
  });
});
