import { expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { randomMarket } from './random-market.ts';

const candles = randomMarket({ seed: 3, bars: 600, firstBar: 240 * 100_000 });

function lastRow(fed: typeof candles): Record<string, number> {
  const matrix = computeFeatureMatrix(aresCore, timeframe('1m'), fed);
  const row = [...matrix.rows.slice(-matrix.width)];
  return Object.fromEntries(aresCore.features.map((name, column) => [name, row[column] as number]));
}

it('a market that stands still has finite, neutral features', () => {
  const still = candles.map((candle) => ({ ...candle, open: 100, high: 100, low: 100, close: 100, volume: 0 }));
  const { hour_sin: _sin, hour_cos: _cos, rsi14, stoch_k, stoch_d, ...others } = lastRow(still);
  const { bb_pctb, rangepos60, mfi14, ...zeros } = others;
  expect({ bb_pctb, rangepos60, mfi14 }).toEqual({ bb_pctb: 0.5, rangepos60: 0.5, mfi14: 0.5 });
  expect({ rsi14, stoch_k, stoch_d }).toEqual({ rsi14: 1, stoch_k: 0, stoch_d: 0 });
  for (const [name, value] of Object.entries(zeros)) expect(Math.abs(value), name).toBe(0);
});

it('a market without volume has neutral volume features', () => {
  const quiet = candles.map((candle) => ({ ...candle, volume: 0 }));
  expect(lastRow(quiet)).toMatchObject({ volz60: 0, obv20: 0, volratio20: 0, vwap60_rel: 0, mfi14: 0.5 });
});
