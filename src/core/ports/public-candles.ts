import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { EpochMillis } from './clock.ts';

/** Past candles of any exchange that gives them to everybody. */
export interface PublicCandles {
  /**
   * Closed bars with `since` ≤ `openTime` < `until`, handed over page by page, oldest first, each once; the next page is fetched when `onPage` has resolved.
   * Bars the exchange does not have are left out: gaps are the caller's to find.
   *
   * @throws AresError `EXCHANGE_UNKNOWN` (naming similar ones), `EXCHANGE_REFUSED` (no such symbol or timeframe, no candles to give), `EXCHANGE_UNAVAILABLE`
   */
  fetch(
    request: {
      readonly exchange: string;
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly since: EpochMillis;
      readonly until: EpochMillis;
    },
    onPage: (candles: readonly Candle[]) => Promise<void>,
  ): Promise<void>;
}
