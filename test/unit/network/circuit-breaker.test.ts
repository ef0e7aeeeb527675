import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../src/core/network/circuit-breaker.ts';
import { manualTime } from './manual-time.ts';

const open = () => {
  const time = manualTime();
  const breaker = createCircuitBreaker({ failuresToOpen: 3, openMs: 1_000 }, time.monotonic);
  for (let i = 0; i < 3; i += 1) breaker.failed();
  return { time, breaker };
};

describe('circuit breaker', () => {
  it('stays closed while failures are not in a row', () => {
    const breaker = createCircuitBreaker({ failuresToOpen: 3, openMs: 1_000 }, manualTime().monotonic);
    for (let i = 0; i < 10; i += 1) {
      breaker.failed();
      breaker.failed();
      breaker.succeeded();
    }
    expect(breaker.admit()).toEqual({ admitted: true });
  });

  it('opens after so many failures in a row and says for how long', () => {
    const { time, breaker } = open();
    time.pass(400);
    expect(breaker.admit()).toEqual({ admitted: false, because: 'failing', waitMs: 600 });
  });

  it('admits a single trial when its time is over, and closes when it succeeds', () => {
    const { time, breaker } = open();
    time.pass(1_000);
    expect(breaker.admit()).toEqual({ admitted: true });
    expect(breaker.admit()).toMatchObject({ admitted: false, because: 'failing' });
    breaker.succeeded();
    expect(breaker.admit()).toEqual({ admitted: true });
    expect(breaker.admit()).toEqual({ admitted: true });
  });

  it('opens again when the trial fails', () => {
    const { time, breaker } = open();
    time.pass(1_500);
    breaker.admit();
    breaker.failed();
    expect(breaker.admit()).toEqual({ admitted: false, because: 'failing', waitMs: 1_000 });
  });

  it('admits another trial when the first never ends', () => {
    const { time, breaker } = open();
    time.pass(1_000);
    breaker.admit();
    time.pass(1_000);
    expect(breaker.admit()).toEqual({ admitted: true });
  });

  it('keeps a hold through successes, and the longer of two holds', () => {
    const time = manualTime();
    const breaker = createCircuitBreaker({ failuresToOpen: 3, openMs: 1_000 }, time.monotonic);
    breaker.holdFor(5_000);
    breaker.holdFor(100);
    breaker.succeeded();
    time.pass(4_999);
    expect(breaker.heldMs()).toBe(1);
    expect(breaker.admit()).toEqual({ admitted: false, because: 'held', waitMs: 1 });
    time.pass(1);
    expect(breaker.heldMs()).toBe(0);
    expect(breaker.admit()).toEqual({ admitted: true });
  });
});
