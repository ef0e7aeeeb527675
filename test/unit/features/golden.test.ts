import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { golden } from '../../fixtures/features/golden.ts';

const matrix = computeFeatureMatrix(aresCore, timeframe('1m'), golden.candles);
const firstGolden = matrix.count - golden.rows.length;

describe('the features of ares-core version 1', () => {
  it('are those of the reference, in its order', () => {
    expect(aresCore.features).toEqual(golden.features);
    expect(matrix.times.at(-1)).toBe(golden.candles.at(-1)?.openTime);
  });

  it.each(golden.features.map((name, column) => ({ name, column })))(
    '$name is what TA-Lib, pandas or numpy compute, to 1e-6, on the bundled candles',
    ({ column }) => {
      const differences = golden.rows.map((row, index) =>
        Math.abs((row[column] as number) - (matrix.rows[(firstGolden + index) * matrix.width + column] as number)),
      );
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-6);
    },
  );

  it('were made from candles that are bundled', () => {
    const file = new URL('../../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url);
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    const bundled = lines.slice(1 + 20_000 - 480, 1 + 20_000 + 300).map((line) => line.split(',').map(Number));
    expect(golden.candles.map((candle) => Object.values(candle))).toEqual(bundled);
  });
});
