import { AresError } from '../../src/core/ares-error.ts';
import { requiredHistory } from '../../src/core/features/feature-set.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';

/** Which bars teach, which measure, and which are traded; each part begins where the one before ends. */
export interface MarketSplit {
  /** Epoch milliseconds: nothing that closes later is trained on. */
  readonly trainUntil: number;
  /** Candidates are measured from `trainUntil` to here. */
  readonly validateUntil: number;
  /** Open time of the first bar that is traded. */
  readonly liveFrom: number;
  readonly liveBars: number;
}

const TRAIN_SHARE = 0.4;
const VALIDATE_SHARE = 0.1;
const MINIMUM_BARS = 4 * requiredHistory;

/** @throws AresError `CANDLES_TOO_FEW` */
export function splitMarket(candles: readonly Candle[], tf: Timeframe): MarketSplit {
  if (candles.length < MINIMUM_BARS) {
    throw new AresError(
      'CANDLES_TOO_FEW',
      `candles must be at least ${MINIMUM_BARS}, so that a model can be trained, measured and traded, were ${candles.length}`,
    );
  }
  const at = (share: number): number => (candles[Math.floor(candles.length * share)] as Candle).openTime;
  const liveIndex = Math.floor(candles.length * (TRAIN_SHARE + VALIDATE_SHARE));
  const bar = timeframeMillis(tf);
  const liveFrom = at(TRAIN_SHARE + VALIDATE_SHARE);
  return {
    trainUntil: at(TRAIN_SHARE),
    validateUntil: Math.floor(liveFrom / bar) * bar,
    liveFrom,
    liveBars: candles.length - liveIndex,
  };
}
