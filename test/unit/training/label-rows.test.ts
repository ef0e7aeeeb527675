import { describe, expect, it } from 'vitest';
import type { FeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { labelRows } from '../../../src/core/training/label-rows.ts';

const MINUTE = 60_000;
const candlesAt = (minutes: readonly number[], closes: readonly number[]): Candle[] =>
  minutes.map((minute, i) => {
    const close = closes[i] as number;
    return { openTime: epochMillis(minute * MINUTE), open: close, high: close, low: close, close, volume: 1 };
  });
const matrixOf = (candles: readonly Candle[]): FeatureMatrix => ({
  rows: new Float32Array(candles.length),
  width: 1,
  count: candles.length,
  times: candles.map(({ openTime }) => openTime),
  candleIndex: Int32Array.from(candles, (_, index) => index),
});
const label = (candles: readonly Candle[], horizon: number, from = 0, until = 1e9) => {
  const { rows, labels } = labelRows(matrixOf(candles), candles, timeframe('1m'), horizon, { from, until });
  return [...rows].map((row, i) => [row, labels[i]]);
};

describe('a label', () => {
  const closes = [10, 11, 11, 9, 12, 12];
  const candles = candlesAt([0, 1, 2, 3, 4, 5], closes);

  it('is 1 when the close so many bars later is above, 0 when it is equal or below', () => {
    expect(label(candles, 1)).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 0],
    ]);
    expect(label(candles, 3)).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  it('never looks over the border, and rows begin at theirs', () => {
    expect(label(candles, 2, 0, 4 * MINUTE).map(([row]) => row)).toEqual([0, 1]);
    expect(label(candles, 2, 2 * MINUTE).map(([row]) => row)).toEqual([2, 3]);
    expect(label(candles, 2, 2 * MINUTE, 2 * MINUTE)).toEqual([]);
  });

  it('is missing where candles are missing in between', () => {
    const gap = candlesAt([0, 1, 2, 5, 6, 7], closes);
    expect(label(gap, 1).map(([row]) => row)).toEqual([0, 1, 3, 4]);
    expect(label(gap, 2).map(([row]) => row)).toEqual([0, 3]);
  });
});
