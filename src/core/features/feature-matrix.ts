import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { BookTop } from './book-top.ts';
import { createFeatureComputer, type FeatureOptions } from './feature-computer.ts';
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

export interface FeatureMatrixOptions extends FeatureOptions {
  /** The last top of the book before each candle's close, `undefined` where there is none; for a set that `needsBook`. */
  readonly books?: readonly (BookTop | undefined)[];
}

/**
 * Features of a series of closed candles, the same bits as {@link createFeatureComputer} gives bar by bar: candles cut into pieces give the same rows,
 * as long as each piece begins early enough.
 *
 * With `columns` a row holds just these, in this order, and only what they need is computed: with a model's columns the rows are its input.
 *
 * @param candles in the order of time
 * @throws AresError `CANDLE_ORDER`
 */
export function computeFeatureMatrix(
  set: FeatureSet,
  timeframe: Timeframe,
  candles: readonly Candle[],
  options: FeatureMatrixOptions = {},
): FeatureMatrix {
  const { books } = options;
  const computer = createFeatureComputer(set, timeframe, options);
  const columns = Int32Array.from(options.columns ?? set.features.keys());
  const width = columns.length;
  const rows = new Float32Array(candles.length * width);
  const times: EpochMillis[] = [];
  const candleIndex = new Int32Array(candles.length);
  let at = 0;
  for (let index = 0; index < candles.length; index += 1) {
    const candle = candles[index] as Candle;
    const row = computer.close(candle, books?.[index]);
    if (!row) continue;
    for (let i = 0; i < width; i += 1) rows[at + i] = row[columns[i] as number] as number;
    at += width;
    candleIndex[times.length] = index;
    times.push(candle.openTime);
  }
  const count = times.length;
  return { rows: rows.slice(0, at), width, count, times, candleIndex: candleIndex.slice(0, count) };
}
