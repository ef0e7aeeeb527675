import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeMetric } from '../../../src/core/performance/judge-metric.ts';

const rule = { threshold: 0.6, best: 1, hysteresis: 0.05, minimumSamples: 30 };

describe('a metric', () => {
  it.each([
    [0.599, 30, false, 'breached'],
    [0.6, 30, false, 'unchanged'],
    [0.599, 29, false, 'unchanged'],
    [0.599, 30, true, 'unchanged'],
    [0.61, 30, true, 'unchanged'],
    [0.63, 30, true, 'recovered'],
    [0.9, 29, true, 'unchanged'],
    [null, 30, false, 'breached'],
    [null, 30, true, 'unchanged'],
    [null, 29, false, 'unchanged'],
  ] as const)('of %s over %i samples, alert raised: %s, is %s', (value, samples, raised, verdict) => {
    expect(judgeMetric(value, samples, rule, raised)).toBe(verdict);
  });

  it('below zero recovers above its threshold too: a drawdown of 9.5 % ends the alert at 10 %', () => {
    const drawdown = { ...rule, threshold: -0.1, best: 0 };
    expect(judgeMetric(-0.101, 30, drawdown, false)).toBe('breached');
    expect(judgeMetric(-0.096, 30, drawdown, true)).toBe('unchanged');
    expect(judgeMetric(-0.095, 30, drawdown, true)).toBe('recovered');
  });

  it('can always recover: no alert waits for more than the best there is', () => {
    expect(judgeMetric(1, 30, { ...rule, threshold: 0.99 }, true)).toBe('recovered');
  });

  it('that is judged twice with the same figure changes at most once', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.boolean(),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (value, raised, threshold) => {
          const at = { ...rule, threshold };
          const first = judgeMetric(value, 30, at, raised);
          const after = first === 'unchanged' ? raised : first === 'breached';
          expect(judgeMetric(value, 30, at, after)).toBe('unchanged');
        },
      ),
    );
  });
});
