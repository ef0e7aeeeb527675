import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracy } from '../../../src/core/performance/metrics/accuracy.ts';
import { hitRate } from '../../../src/core/performance/metrics/hit-rate.ts';
import { logLoss } from '../../../src/core/performance/metrics/log-loss.ts';
import { maxDrawdown } from '../../../src/core/performance/metrics/max-drawdown.ts';
import { sharpeRatio } from '../../../src/core/performance/metrics/sharpe-ratio.ts';
import { sortinoRatio } from '../../../src/core/performance/metrics/sortino-ratio.ts';
import { totalReturn } from '../../../src/core/performance/metrics/total-return.ts';
import { turnover } from '../../../src/core/performance/metrics/turnover.ts';

const anyReturns = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 });
const marketReturns = fc.array(
  fc.integer({ min: -500, max: 500 }).map((n) => n / 10_000),
  { minLength: 2, maxLength: 60 },
);
const predictions = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
  minLength: 1,
  maxLength: 60,
});
const probabilitiesOf = (set: readonly (readonly [number, boolean])[]) => set.map(([p]) => p);
const outcomesOf = (set: readonly (readonly [number, boolean])[]) => set.map(([, y]) => y);
const near = (a: number | null, b: number | null) =>
  expect(Math.abs((a as number) - (b as number))).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b as number)));

describe('for any finite input', () => {
  it.each([
    ['Sharpe ratio', (r: number[]) => sharpeRatio(r, 365)],
    ['Sortino ratio', (r: number[]) => sortinoRatio(r, 365)],
    ['drawdown', maxDrawdown],
    ['hit rate', hitRate],
    ['total return', totalReturn],
    ['turnover', turnover],
  ])('the %s is a finite number or null, never NaN', (_, metric) => {
    fc.assert(
      fc.property(anyReturns, (returns) => {
        const value = metric(returns);
        expect(value === null || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('the drawdown lies in [-1, 0]', () => {
    fc.assert(
      fc.property(
        anyReturns.filter((returns) => returns.length > 0),
        (returns) => {
          const value = maxDrawdown(returns) as number;
          expect(value).toBeGreaterThanOrEqual(-1);
          expect(value).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it('hit rate and accuracy lie in [0, 1]', () => {
    fc.assert(
      fc.property(anyReturns, predictions, (returns, set) => {
        for (const share of [hitRate(returns) ?? 0, accuracy(probabilitiesOf(set), outcomesOf(set)) as number]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

it('the Sharpe and Sortino ratios do not change with the size of the position', () => {
  fc.assert(
    fc.property(marketReturns, fc.constantFrom(0.25, 0.5, 2, 10), (returns, scale) => {
      const scaled = returns.map((r) => r * scale);
      for (const ratio of [sharpeRatio, sortinoRatio]) {
        if (ratio(returns, 365) === null) expect(ratio(scaled, 365)).toBeNull();
        else near(ratio(scaled, 365), ratio(returns, 365));
      }
    }),
  );
});

it('the Sharpe ratio changes its sign with the side, and grows with the root of the periods per year', () => {
  fc.assert(
    fc.property(marketReturns, (returns) => {
      const ratio = sharpeRatio(returns, 100);
      fc.pre(ratio !== null);
      near(
        sharpeRatio(
          returns.map((r) => -r),
          100,
        ),
        -(ratio as number),
      );
      near(sharpeRatio(returns, 400), 2 * (ratio as number));
    }),
  );
});

it('the drawdown never becomes smaller as returns are added', () => {
  fc.assert(
    fc.property(marketReturns, marketReturns, (first, then) => {
      expect(maxDrawdown([...first, ...then]) as number).toBeLessThanOrEqual(maxDrawdown(first) as number);
    }),
  );
});

it('the total return is never below the drawdown from the start', () => {
  fc.assert(
    fc.property(marketReturns, (returns) => {
      expect(totalReturn(returns) as number).toBeGreaterThanOrEqual((maxDrawdown(returns) as number) - 1e-12);
    }),
  );
});

it('the total return of two stretches compounds theirs', () => {
  fc.assert(
    fc.property(marketReturns, marketReturns, (first, then) => {
      near(
        totalReturn([...first, ...then]),
        (1 + (totalReturn(first) as number)) * (1 + (totalReturn(then) as number)) - 1,
      );
    }),
  );
});

it('the log loss of one half is ln 2 whatever happened, and no honest certainty beats 0', () => {
  fc.assert(
    fc.property(predictions, (set) => {
      near(
        logLoss(
          set.map(() => 0.5),
          outcomesOf(set),
        ),
        Math.LN2,
      );
      near(logLoss(outcomesOf(set).map(Number), outcomesOf(set)), 0);
      expect(logLoss(probabilitiesOf(set), outcomesOf(set)) as number).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('accuracy of the opposite outcomes is what was missing to 1', () => {
  fc.assert(
    fc.property(predictions, (set) => {
      const outcomes = outcomesOf(set);
      near(
        accuracy(
          probabilitiesOf(set),
          outcomes.map((y) => !y),
        ),
        1 - (accuracy(probabilitiesOf(set), outcomes) as number),
      );
    }),
  );
});

it('turnover is at most 1 a period when one may only be long or flat', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 1 }), (weights) => {
      expect(turnover(weights) as number).toBeLessThanOrEqual(1);
    }),
  );
});
