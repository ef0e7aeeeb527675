import { AresError } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { closeTime, timeframeMillis } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';

export interface WalkForwardRequest {
  readonly candles: readonly Candle[];
  readonly timeframe: Timeframe;
  /** Bars each model learns from. */
  readonly train: number;
  /** Bars each model is tested on; the next fold begins where they end. */
  readonly test: number;
  /** Bars ahead that a label looks. */
  readonly horizon: number;
  /** The newest so many folds; all that fit when absent. */
  readonly folds?: number;
  /** Bars before the first training window that only warm features up. */
  readonly warmUp: number;
}

/** One model: what it learns from, and the later bars it trades. Times are open times of bars, but for `trainUntil`. */
export interface Fold {
  readonly number: number;
  readonly trainFrom: EpochMillis;
  /** Labels must be known by then: a label's horizon before the test begins. */
  readonly trainUntil: EpochMillis;
  readonly testFrom: EpochMillis;
  readonly testTo: EpochMillis;
  /** Of the candles: those the trainer is given, warm-up included, and those tested. */
  readonly history: { readonly from: number; readonly until: number };
  readonly tested: { readonly from: number; readonly until: number };
}

/**
 * Cuts candles into folds: each trains on `train` bars and tests on the `test` bars after them, with an embargo of the label's horizon between, and test windows follow each other without a hole.
 *
 * A fold's trainer is given no candle of its test window or the embargo before it, so that it cannot look ahead whatever it does.
 *
 * @throws AresError `WALK_FORWARD_INVALID` when not even one fold, or not as many as asked for, fit
 */
export function planWalkForward(request: WalkForwardRequest): readonly Fold[] {
  const { candles, timeframe, train, test, horizon, warmUp } = request;
  const first = warmUp + train + horizon;
  const fitting = Math.floor((candles.length - first) / test);
  const wanted = request.folds ?? Math.max(1, fitting);
  if (fitting < wanted) {
    const needed = first + wanted * test;
    throw new AresError(
      'WALK_FORWARD_INVALID',
      `${wanted} ${wanted === 1 ? 'fold' : 'folds'} must have ${needed} candles (${warmUp} to warm up, ${train} to train, ${horizon} between, ${test} a test), were ${candles.length}`,
      { needed, candles: candles.length },
    );
  }
  const begin = candles.length - wanted * test;
  const embargo = horizon * timeframeMillis(timeframe);
  return Array.from({ length: wanted }, (_, at): Fold => {
    const from = begin + at * test;
    const until = from + test;
    const testFrom = (candles[from] as Candle).openTime;
    const trainUntil = epochMillis(testFrom - embargo);
    let historyUntil = from;
    while (historyUntil > 0 && closeTime((candles[historyUntil - 1] as Candle).openTime, timeframe) > trainUntil) {
      historyUntil -= 1;
    }
    return {
      number: at + 1,
      trainFrom: (candles[Math.max(0, historyUntil - train)] as Candle).openTime,
      trainUntil,
      testFrom,
      testTo: (candles[until - 1] as Candle).openTime,
      history: { from: Math.max(0, historyUntil - train - warmUp), until: historyUntil },
      tested: { from, until },
    };
  });
}
