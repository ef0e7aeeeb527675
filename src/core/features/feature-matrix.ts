import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { EpochMillis } from '../ports/clock.ts';
import { createFeatureComputer } from './feature-computer.ts';
import type { FeatureSet } from './feature-set.ts';

/** The rows of all candles that have one, oldest first. */
export interface FeatureMatrix {
  /** Row after row, `width` values each. */
  readonly rows: Float32Array;
  readonly width: number;
  readonly count: number;
  /** Open times of the rows' bars. */
  readonly times: readonly EpochMillis[];
  /** Where the rows' bars are among the candles. */
  readonly candleIndex: Int32Array;
}

/**
 * Features of a series of closed candles, the same bits as {@link createFeatureComputer} gives bar by bar: candles cut into pieces give the same rows,
 * as long as each piece begins early enough.
 *
 * @param candles in the order of time
 * @throws AresError `CANDLE_ORDER`
 */
export function featureMatrix(set: FeatureSet, timeframe: Timeframe, candles: readonly Candle[]): FeatureMatrix {
  const computer = createFeatureComputer(set, timeframe);
  const width = set.features.length;
  const rows = new Float32Array(candles.length * width);
  const times: EpochMillis[] = [];
  const candleIndex = new Int32Array(candles.length);
  for (const [index, candle] of candles.entries()) {
    const row = computer.close(candle);
    if (!row) continue;
    rows.set(row, times.length * width);
    candleIndex[times.length] = index;
    times.push(candle.openTime);
  }
  const count = times.length;
  return { rows: rows.slice(0, count * width), width, count, times, candleIndex: candleIndex.slice(0, count) };
}
