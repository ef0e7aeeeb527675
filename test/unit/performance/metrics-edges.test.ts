import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { accuracy } from '../../../src/core/performance/metrics/accuracy.ts';
import { hitRate } from '../../../src/core/performance/metrics/hit-rate.ts';
import { logLoss } from '../../../src/core/performance/metrics/log-loss.ts';
import { maxDrawdown } from '../../../src/core/performance/metrics/max-drawdown.ts';
import { sharpeRatio } from '../../../src/core/performance/metrics/sharpe-ratio.ts';
import { sortinoRatio } from '../../../src/core/performance/metrics/sortino-ratio.ts';
import { totalReturn } from '../../../src/core/performance/metrics/total-return.ts';
import { turnover } from '../../../src/core/performance/metrics/turnover.ts';

const ofReturns: readonly (readonly [string, (returns: number[]) => number | null])[] = [
  ['sharpeRatio', (returns) => sharpeRatio(returns, 365)],
  ['sortinoRatio', (returns) => sortinoRatio(returns, 365)],
  ['maxDrawdown', maxDrawdown],
  ['hitRate', hitRate],
  ['totalReturn', totalReturn],
  ['turnover', turnover],
];

describe('what cannot be computed is null', () => {
  it.each(ofReturns)('%s of nothing', (_, metric) => {
    expect(metric([])).toBeNull();
  });

  it('accuracy and log loss of nothing', () => {
    expect(accuracy([], [])).toBeNull();
    expect(logLoss([], [])).toBeNull();
  });

  it('a ratio of one return', () => {
    expect(sharpeRatio([0.01], 365)).toBeNull();
    expect(sortinoRatio([-0.01], 365)).toBeNull();
  });

  it('a Sharpe ratio without variance, also where floating point leaves some dust', () => {
    expect(sharpeRatio([0.1, 0.1, 0.1], 365)).toBeNull();
    expect(sharpeRatio([0, 0, 0, 0], 365)).toBeNull();
  });

  it('a Sortino ratio without a loss', () => {
    expect(sortinoRatio([0.1, 0, 0.2], 365)).toBeNull();
  });

  it('a hit rate without a position', () => {
    expect(hitRate([0, 0])).toBeNull();
  });

  it('a total return too large for a number', () => {
    expect(totalReturn([1e200, 1e200])).toBeNull();
  });
});

describe('one value', () => {
  it('has a drawdown, a hit rate, a total return, a turnover', () => {
    expect(maxDrawdown([-0.25])).toBe(-0.25);
    expect(maxDrawdown([0.25])).toBe(0);
    expect(hitRate([0.25])).toBe(1);
    expect(totalReturn([0.25])).toBe(0.25);
    expect(turnover([-1])).toBe(1);
  });
});

it('ruin is final: a return of -1 or worse ends at -1, whatever follows', () => {
  expect(totalReturn([0.5, -1, 3])).toBe(-1);
  expect(totalReturn([0.5, -1.7, 3])).toBe(-1);
  expect(maxDrawdown([0.5, -1.7, 3])).toBe(-1);
});

it('a prediction of exactly one half says that the target does not happen', () => {
  expect(accuracy([0.5, 0.5], [false, true])).toBe(0.5);
  expect(accuracy([0.5 + Number.EPSILON], [true])).toBe(1);
});

it('a certain and wrong prediction costs 36.04, not infinity', () => {
  expect(logLoss([0], [true])).toBeCloseTo(36.0437, 4);
  expect(logLoss([1], [false])).toBeCloseTo(36.0437, 4);
});

it('typed arrays are taken as they are', () => {
  expect(accuracy(Float32Array.of(0.7, 0.2), Uint8Array.of(1, 0))).toBe(1);
  expect(maxDrawdown(Float64Array.of(0.1, -0.5))).toBe(-0.5);
});

describe('refuses', () => {
  it.each(ofReturns)('%s of a number that is not finite, naming its position', (_, metric) => {
    expect(() => metric([0.1, Number.NaN])).toThrowError(/1 must be a finite number, was NaN/);
    expect(() => metric([Number.POSITIVE_INFINITY])).toThrowError(AresError);
  });

  it.each([
    ['accuracy', accuracy],
    ['logLoss', logLoss],
  ] as const)('%s of predictions without an outcome each', (_, metric) => {
    expect(() => metric([0.1, 0.2], [true])).toThrowError(
      'probabilities and outcomes must be equally many, were 2 and 1',
    );
    expect(() => metric([Number.NaN], [true])).toThrowError('probability 0 must be a finite number, was NaN');
  });
});
