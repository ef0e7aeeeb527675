import { AresError } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type AnchoredSegment, createAnchoredSegment } from './anchored-segment.ts';
import type { BookTop } from './book-top.ts';
import { selectFeatures } from './feature-columns.ts';
import { type FeatureSet, WARM_UP_BARS } from './feature-set.ts';

/**
 * Features of one market, bar by bar.
 *
 * Both methods return a row in the set's order, or `undefined` when the bar has none, and throw AresError `CANDLE_ORDER` for a bar that is not later than the last closed one.
 * Columns that are not selected are NaN. Each method writes into one array of its own: a row is valid until the same method is called again.
 *
 * `book` is the last top of the book before the bar's close; without one, and the caller leaves out one that is too old to be believed, a bar has no row of book features.
 */
export interface FeatureComputer {
  /** Feeds a closed bar. */
  close(candle: Candle, book?: BookTop): Float32Array | undefined;
  /** The row the open bar would have if it closed as it stands; leaves no trace. */
  preview(candle: Candle, book?: BookTop): Float32Array | undefined;
  /**
   * Computes and writes these columns from the next bar on and no others: those of the model that decides. A bar has a row when they are finite.
   *
   * What was not computed until now is caught up with from the bars that were fed, at once, so a model with other columns decides on the very next bar, with the bits it would have had
   * if they had always been selected: at most some milliseconds, nothing when the columns are of the same families.
   *
   * @throws AresError `FEATURE_UNKNOWN`
   */
  select(columns: readonly number[]): void;
}

export interface FeatureOptions {
  /**
   * No candle that opened from this time on is missing from what will be fed, but for those the market itself does not have;
   * needed only when the candles of a warm-up may begin with a gap.
   */
  readonly completeSince?: number;
  /** Selected from the beginning; all columns when absent. */
  readonly columns?: readonly number[];
}

/**
 * Computes features over anchored windows, so that a bar's row has the same bits wherever history begins.
 *
 * Time is cut into segments of 240 bars, aligned on the epoch. Bars of the segment that begins at `anchor` are computed by operators that were fed every candle
 * from the first one with `openTime >= anchor - 240 bars` on. A bar has a row when
 * - the history covers that warm-up: the first candle ever fed, or `completeSince`, is at `anchor - 240 bars` or earlier;
 * - 240 candles before the bar have been fed to those operators: without gaps every bar of the segment, after a gap as many bars later as candles are missing; and
 * - all selected values are finite as float32.
 * Calculations are in float64 and cast to float32 last. A value does not depend on which other columns are selected, or since when.
 */
export function createFeatureComputer(
  set: FeatureSet,
  timeframe: Timeframe,
  { completeSince = Number.POSITIVE_INFINITY, columns }: FeatureOptions = {},
): FeatureComputer {
  const segmentMillis = WARM_UP_BARS * timeframeMillis(timeframe);
  const width = set.features.length;
  const closedRow = new Float32Array(width).fill(Number.NaN);
  const previewRow = new Float32Array(width).fill(Number.NaN);
  let selected = selectFeatures(set, columns);
  let coveredSince = completeSince;
  let lastTime = Number.NEGATIVE_INFINITY;
  let anchor = Number.NaN;
  let current: AnchoredSegment | undefined;
  let next: AnchoredSegment | undefined;

  const anchorOf = (candle: Candle) => Math.floor(candle.openTime / segmentMillis) * segmentMillis;
  const refuseStale = (candle: Candle) => {
    if (candle.openTime > lastTime) return;
    throw new AresError(
      'CANDLE_ORDER',
      `a candle must open after the last closed one (${lastTime}), opened at ${candle.openTime}`,
    );
  };
  /** A segment whose warm-up begins with the next candle; `undefined` when earlier candles of it may not have been fed. */
  const begin = (at: number) =>
    coveredSince <= at - segmentMillis ? createAnchoredSegment(width, at, selected) : undefined;

  return {
    close(candle, book) {
      refuseStale(candle);
      coveredSince = Math.min(coveredSince, candle.openTime);
      lastTime = candle.openTime;
      const candleAnchor = anchorOf(candle);
      if (candleAnchor !== anchor) {
        current = next?.anchor === candleAnchor ? next : begin(candleAnchor);
        next = begin(candleAnchor + segmentMillis);
        anchor = candleAnchor;
      }
      const ready = current?.warm();
      current?.close(candle, book);
      next?.close(candle, book);
      return ready && current?.write(closedRow) ? closedRow : undefined;
    },
    preview(candle, book) {
      refuseStale(candle);
      const candleAnchor = anchorOf(candle);
      const segment = candleAnchor === anchor ? current : next;
      if (segment?.anchor !== candleAnchor || !segment.warm()) return undefined;
      segment.preview(candle, book);
      return segment.write(previewRow) ? previewRow : undefined;
    },
    select(wanted) {
      selected = selectFeatures(set, wanted);
      current?.select(selected);
      next?.select(selected);
      closedRow.fill(Number.NaN);
      previewRow.fill(Number.NaN);
    },
  };
}
