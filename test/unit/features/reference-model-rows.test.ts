import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { requiredHistory } from '../../../src/core/features/feature-set.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const FIRST_ROW = 25_870;
const FEATURES = 24;

const data = process.env.ARES_DATA;
const demanded = data !== undefined || process.env.CI === 'true';
const golden = (name: string) =>
  [join(data ?? '', name), join(data ?? '', '..', 'peers', name)].find(existsSync) ?? join(data ?? '', name);

function readCandles(): Candle[] {
  const text = gunzipSync(readFileSync(join(data ?? '', 'BTC_USDT-1m-2021.csv.gz'))).toString();
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [openTime, open, high, low, close, volume] = line.split(',').map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return { openTime: epochMillis(openTime), open, high, low, close, volume };
    });
}

/** A float32 array of an uncompressed `.npz`: its local zip header, then the `.npy` header, then the values. */
function readStoredArray(file: Buffer, name: string): Float32Array {
  const nameAt = file.indexOf(`${name}.npy`);
  const extraLength = file.readUInt16LE(nameAt - 2);
  const array = nameAt + name.length + 4 + extraLength;
  const headerEnd = array + 10 + file.readUInt16LE(array + 8);
  expect(file.toString('latin1', array + 10, headerEnd)).toContain("'descr': '<f4'");
  const count = 1_000 * FEATURES;
  return Float32Array.from({ length: count }, (_, i) => file.readFloatLE(headerEnd + i * 4));
}

describe.skipIf(!demanded)('the rows of the reference model', () => {
  it('are the first 24 features, equal to those it was trained and tested with, to 1e-6', () => {
    expect(data, 'ARES_DATA must name the folder with the candle files').toBeDefined();
    const candles = readCandles().slice(FIRST_ROW - requiredHistory, FIRST_ROW + 1_000);
    const matrix = computeFeatureMatrix(aresCore, timeframe('1m'), candles);
    const first = matrix.candleIndex.indexOf(requiredHistory);
    const { rows } = JSON.parse(readFileSync(golden('golden.json'), 'utf8')) as { rows: number[][] };
    const thousand = readStoredArray(readFileSync(golden('golden.npz')), 'X');
    let worst = 0;
    for (const [at, value] of [...rows.flat().entries(), ...thousand.entries()]) {
      const found = matrix.rows[(first + Math.floor(at / FEATURES)) * matrix.width + (at % FEATURES)] as number;
      worst = Math.max(worst, Math.abs(found - value));
    }
    expect(rows).toHaveLength(100);
    expect(worst).toBeLessThanOrEqual(1e-6);
  }, 30_000);
});
