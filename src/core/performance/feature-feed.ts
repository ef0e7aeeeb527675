import { createFeatureComputer } from '../features/feature-computer.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';

/** Bars with a row, and their rows' columns in the model's order, one row after the other. */
export interface FedRows {
  readonly bars: readonly Candle[];
  readonly rows: Float32Array;
}

/** A feature computer that outlives one analysis, so that the next one feeds only the candles since. */
export interface FeatureFeed {
  /** Open time of the last candle fed; `undefined` before the first. */
  readonly lastOpen: number | undefined;
  /** Feeds candles, and returns the rows of those that open at `from` or later. */
  feed(candles: readonly Candle[], from: number): FedRows;
}

/**
 * @param columns for each input of the model, the column of the feature set it is taken from
 * @param completeSince from when on the market's candles are fed without one left out: see `createFeatureComputer`
 */
export function createFeatureFeed(
  set: FeatureSet,
  columns: readonly number[],
  timeframe: Timeframe,
  completeSince: number,
): FeatureFeed {
  const computer = createFeatureComputer(set, timeframe, { completeSince, columns });
  const width = columns.length;
  let lastOpen: number | undefined;
  return {
    get lastOpen() {
      return lastOpen;
    },
    feed(candles, from) {
      const bars: Candle[] = [];
      const rows = new Float32Array(candles.length * width);
      for (const candle of candles) {
        const row = computer.close(candle);
        lastOpen = candle.openTime;
        if (!row || candle.openTime < from) continue;
        for (let i = 0; i < width; i++) rows[bars.length * width + i] = row[columns[i] as number] as number;
        bars.push(candle);
      }
      return { bars, rows: rows.slice(0, bars.length * width) };
    },
  };
}
