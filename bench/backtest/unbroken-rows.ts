import { createAnchoredSegment } from '../../src/core/features/anchored-segment.ts';
import { selectFeatures } from '../../src/core/features/feature-columns.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { RowsOf } from '../../src/core/trading/backtest-source.ts';

/** The peers' first row: before it not all of their windows are full. */
const FIRST = 60;

/**
 * Features as the peers compute them: by Ares' own operators, but fed every candle from the first on and never begun anew, over gaps as if there were none.
 */
export const unbrokenRows: RowsOf = (set, _timeframe, candles, { columns = [...set.features.keys()] } = {}) => {
  const segment = createAnchoredSegment(set.features.length, 0, selectFeatures(set, columns));
  const row = new Float32Array(set.features.length);
  const width = columns.length;
  const rows = new Float32Array(candles.length * width);
  const times: EpochMillis[] = [];
  const candleIndex = new Int32Array(candles.length);
  for (const [at, candle] of candles.entries()) {
    segment.close(candle);
    if (at < FIRST || !segment.write(row)) continue;
    const count = times.length;
    for (let i = 0; i < width; i += 1) rows[count * width + i] = row[columns[i] as number] as number;
    candleIndex[count] = at;
    times.push(candle.openTime);
  }
  const count = times.length;
  return { rows: rows.slice(0, count * width), width, count, times, candleIndex: candleIndex.slice(0, count) };
};
