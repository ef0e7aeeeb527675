import type { FeatureMatrix } from '../features/feature-matrix.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';

/** Rows with a known outcome: which ones, what happened, and when it was known. */
export interface LabelledRows {
  /** Row numbers of the matrix, ascending. */
  readonly rows: Int32Array;
  /** 1 where the close `horizon` bars later was above the row's, otherwise 0. */
  readonly labels: Uint8Array;
}

export interface LabelWindow {
  /** The row's bar opens at this time or later. */
  readonly from: number;
  /** The bar the label looks at has closed by then: the label never looks over this border. */
  readonly until: number;
}

/**
 * Labels the rows of a window with `close_up`. A row whose later bar is not exactly `horizon` bars of time away, because candles are missing, has no label.
 */
export function labelRows(
  matrix: FeatureMatrix,
  candles: readonly Candle[],
  timeframe: Timeframe,
  horizon: number,
  window: LabelWindow,
): LabelledRows {
  const barMillis = timeframeMillis(timeframe);
  const rows: number[] = [];
  const labels: number[] = [];
  for (let row = 0; row < matrix.count; row += 1) {
    const index = matrix.candleIndex[row] as number;
    const bar = candles[index] as Candle;
    const later = candles[index + horizon];
    if (!later || later.openTime - bar.openTime !== horizon * barMillis) continue;
    if (bar.openTime < window.from || later.openTime + barMillis > window.until) continue;
    rows.push(row);
    labels.push(later.close > bar.close ? 1 : 0);
  }
  return { rows: Int32Array.from(rows), labels: Uint8Array.from(labels) };
}
