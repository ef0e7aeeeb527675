import { AresError } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type AnchoredSegment, createAnchoredSegment } from './anchored-segment.ts';
import { type FeatureSet, WARM_UP_BARS } from './feature-set.ts';

/**
 * Features of one market, bar by bar.
 *
 * Both methods return a row in the set's order, or `undefined` when the bar has none, and throw AresError `CANDLE_ORDER` for a bar that is not later than the last closed one.
 * Each method writes into one array of its own: a row is valid until the same method is called again.
 */
export interface FeatureComputer {
  /** Feeds a closed bar. */
  close(candle: Candle): Float32Array | undefined;
  /** The row the open bar would have if it closed as it stands; leaves no trace. */
  preview(candle: Candle): Float32Array | undefined;
}

/**
 * Computes features over anchored windows, so that a bar's row has the same bits wherever history begins.
 *
 * Time is cut into segments of 240 bars, aligned on the epoch. Bars of the segment that begins at `anchor` are computed by operators that were fed every candle
 * from the first one with `openTime >= anchor - 240 bars` on. A bar has a row when
 * - the history covers that warm-up: the first candle ever fed, or `completeSince`, is at `anchor - 240 bars` or earlier;
 * - 240 candles before the bar have been fed to those operators: without gaps every bar of the segment, after a gap as many bars later as candles are missing; and
 * - all values are finite as float32.
 * Calculations are in float64 and cast to float32 last.
 *
 * @param completeSince no candle that opened from this time on is missing from what will be fed, but for those the market itself does not have;
 * needed only when the candles of a warm-up may begin with a gap
 */
export function createFeatureComputer(
  set: FeatureSet,
  timeframe: Timeframe,
  completeSince: number = Number.POSITIVE_INFINITY,
): FeatureComputer {
  const segmentMillis = WARM_UP_BARS * timeframeMillis(timeframe);
  const closedRow = new Float32Array(set.features.length);
  const previewRow = new Float32Array(set.features.length);
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
  const begin = (at: number) => (coveredSince <= at - segmentMillis ? createAnchoredSegment(set, at) : undefined);

  return {
    close(candle) {
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
      current?.close(candle);
      next?.close(candle);
      return ready && current?.write(closedRow) ? closedRow : undefined;
    },
    preview(candle) {
      refuseStale(candle);
      const candleAnchor = anchorOf(candle);
      const segment = candleAnchor === anchor ? current : next;
      if (segment?.anchor !== candleAnchor || !segment.warm()) return undefined;
      segment.preview(candle);
      return segment.write(previewRow) ? previewRow : undefined;
    },
  };
}
