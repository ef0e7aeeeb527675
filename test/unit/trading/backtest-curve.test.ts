import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { equityCurve, thinOut } from '../../../src/core/trading/backtest-curve.ts';
import { monthlyReturns } from '../../../src/core/trading/backtest-months.ts';

const curveOf = (equities: readonly number[]) =>
  equityCurve(
    equities.map((equity, bar) => ({ at: epochMillis(bar), equity, close: 50 + bar })),
    100,
  );

describe('an equity curve', () => {
  test('measures each fall from the highest equity before it, the start included', () => {
    expect(curveOf([90, 120, 60, 130]).map(({ drawdown }) => drawdown)).toEqual([expect.closeTo(-0.1, 12), 0, -0.5, 0]);
    expect(curveOf([100, 100]).map(({ market }) => market)).toEqual([100, 102]);
  });

  test('keeps its ends, its highest and its lowest point when it is thinned out, and no more points than asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 4, max: 60 }),
        (equities, limit) => {
          const whole = curveOf(equities);
          const thin = thinOut(whole, limit);
          expect(thin.length).toBeLessThanOrEqual(limit);
          expect([thin[0], thin.at(-1)]).toEqual([whole[0], whole.at(-1)]);
          const values = thin.map(({ equity }) => equity);
          expect(Math.max(...values)).toBe(Math.max(...equities));
          expect(Math.min(...values)).toBe(Math.min(...equities));
          expect(thin.map(({ at }) => at)).toEqual(thin.map(({ at }) => at).toSorted((a, b) => a - b));
        },
      ),
    );
  });
});

describe('monthly returns', () => {
  test('compound the bars that opened in each UTC month', () => {
    const bar = (iso: string, equity: number, market: number) => ({ openTime: Date.parse(iso), equity, market });
    expect(
      monthlyReturns([
        bar('2022-01-31T23:58:00Z', 0.1, 0.5),
        bar('2022-01-31T23:59:00Z', -0.5, 0),
        bar('2022-02-01T00:00:00Z', 0.2, -0.1),
      ]),
    ).toEqual([
      { month: '2022-01', totalReturn: expect.closeTo(-0.45, 12), marketReturn: 0.5, bars: 2 },
      { month: '2022-02', totalReturn: expect.closeTo(0.2, 12), marketReturn: expect.closeTo(-0.1, 12), bars: 1 },
    ]);
  });
});
