import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { planWalkForward, type WalkForwardRequest } from '../../../src/core/trading/plan-walk-forward.ts';
import { waveBars } from '../../support/listed-market.ts';

const BAR = 60_000;
const request = (candles: readonly Candle[], changes: Partial<WalkForwardRequest> = {}): WalkForwardRequest => ({
  candles,
  timeframe: timeframe('1m'),
  train: 100,
  test: 40,
  horizon: 5,
  warmUp: 20,
  ...changes,
});

describe('a walk-forward plan', () => {
  test('tests every bar after the first training once, the newest last', () => {
    const candles = waveBars(20 + 100 + 5 + 3 * 40 + 7);
    const folds = planWalkForward(request(candles));
    expect(folds.map(({ number, tested }) => [number, tested.from, tested.until])).toEqual([
      [1, 132, 172],
      [2, 172, 212],
      [3, 212, 252],
    ]);
    expect(folds.at(-1)?.testTo).toBe(candles.at(-1)?.openTime);
  });

  test('takes the newest folds where fewer are wanted', () => {
    const candles = waveBars(600);
    const all = planWalkForward(request(candles));
    expect(planWalkForward(request(candles, { folds: 2 })).map(({ testFrom }) => testFrom)).toEqual(
      all.slice(-2).map(({ testFrom }) => testFrom),
    );
  });

  test('gives a trainer nothing of the test window, nor of the embargo of a horizon before it, wherever candles are missing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 599 }), { maxLength: 60 }),
        (horizon, test, gone) => {
          const candles = waveBars(600).filter((_, at) => !gone.includes(at));
          for (const fold of planWalkForward(request(candles, { horizon, test }))) {
            expect(fold.trainUntil).toBe(fold.testFrom - horizon * BAR);
            const given = candles.slice(fold.history.from, fold.history.until);
            expect((given.at(-1) as Candle).openTime + BAR).toBeLessThanOrEqual(fold.trainUntil);
            expect(candles[fold.tested.from]?.openTime).toBe(fold.testFrom);
            expect(given.length).toBeLessThanOrEqual(120);
          }
        },
      ),
    );
  });

  test('says how many candles there must be, and how many there were', () => {
    expect(() => planWalkForward(request(waveBars(164)))).toThrow(
      '1 fold must have 165 candles (20 to warm up, 100 to train, 5 between, 40 a test), were 164',
    );
    expect(() => planWalkForward(request(waveBars(204), { folds: 2 }))).toThrow('2 folds must have 205 candles');
    expect(planWalkForward(request(waveBars(205), { folds: 2 }))).toHaveLength(2);
  });
});
