import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../../src/core/features/feature-computer.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { timeframe, timeframeMillis } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { randomMarket } from './random-market.ts';

/** Longer bars made of minutes, as an exchange makes its own. */
function aggregate(minutes: readonly Candle[], tf: Timeframe): Candle[] {
  const length = timeframeMillis(tf);
  const bars = Map.groupBy(minutes, ({ openTime }) => Math.floor(openTime / length) * length);
  return [...bars].map(([openTime, parts]) => ({
    openTime: epochMillis(openTime),
    open: (parts[0] as Candle).open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: (parts.at(-1) as Candle).close,
    volume: parts.reduce((sum, { volume }) => sum + volume, 0),
  }));
}

const bitsOf = (row: Float32Array) => Buffer.from(row.slice().buffer).toString('base64');

it.each(['1m', '5m', '15m', '1h'])(
  'rows of %s bars are the same fed bar by bar as over a series made of minutes',
  (text) => {
    const tf = timeframe(text);
    const perBar = timeframeMillis(tf) / 60_000;
    fc.assert(
      fc.property(fc.nat(1_000), (seed) => {
        const bars = aggregate(randomMarket({ seed, bars: 560 * perBar, firstBar: 27_000_000 }), tf);
        const matrix = computeFeatureMatrix(aresCore, tf, bars);
        expect(matrix.count).toBeGreaterThan(70);
        const computer = createFeatureComputer(aresCore, tf);
        const fed = bars.flatMap((candle) => {
          const row = computer.close(candle);
          return row ? [{ openTime: candle.openTime, bits: bitsOf(row) }] : [];
        });
        expect(fed.map(({ openTime }) => openTime)).toEqual(matrix.times);
        const last = matrix.rows.slice(-matrix.width);
        expect(fed.at(-1)?.bits).toBe(bitsOf(last));
      }),
      { numRuns: 2 },
    );
  },
  60_000,
);

it('several timeframes of one market are computed side by side, each as if it were alone', () => {
  const timeframes = ['1m', '5m', '15m'].map(timeframe);
  const minutes = randomMarket({ seed: 8, bars: 9_000, firstBar: 27_000_000 });
  const closing = timeframes.flatMap((tf) =>
    aggregate(minutes, tf).map((candle) => ({ tf, candle, closes: candle.openTime + timeframeMillis(tf) })),
  );
  const together = new Map(timeframes.map((tf) => [tf, createFeatureComputer(aresCore, tf)]));
  const rows = new Map<Timeframe, string[]>(timeframes.map((tf) => [tf, []]));
  for (const { tf, candle } of closing.sort((a, b) => a.closes - b.closes)) {
    const row = together.get(tf)?.close(candle);
    if (row) rows.get(tf)?.push(bitsOf(row));
  }
  for (const tf of timeframes) {
    const { rows: values, width, count } = computeFeatureMatrix(aresCore, tf, aggregate(minutes, tf));
    const alone = Array.from({ length: count }, (_, row) => bitsOf(values.slice(row * width, (row + 1) * width)));
    expect(alone.length).toBeGreaterThan(0);
    expect(rows.get(tf)).toEqual(alone);
  }
}, 60_000);

it('only the features of the time of day know how long a bar is', () => {
  const minutes = randomMarket({ seed: 9, bars: 600, firstBar: 27_000_000 });
  const stretched = minutes.map((candle) => ({
    ...candle,
    openTime: epochMillis((candle.openTime / 60_000) * 300_000),
  }));
  const [short, long] = [
    computeFeatureMatrix(aresCore, timeframe('1m'), minutes),
    computeFeatureMatrix(aresCore, timeframe('5m'), stretched),
  ];
  const differing = aresCore.features.filter((_, column) => short.rows[column] !== long.rows[column]);
  expect(short.count).toBe(long.count);
  expect(differing.filter((name) => !name.startsWith('hour_'))).toEqual([]);
});
