/** What the engine has seen and done since it started. */
export interface EngineCounters {
  candles: number;
  trades: number;
  bookTops: number;
  /** Closed bars that had been decided already. */
  duplicateCandles: number;
  /** Closed bars that came again with other values. */
  revisedCandles: number;
  /** Bars older than the newest that were never decided. */
  lateCandles: number;
  /** What was no bar of this feed. */
  refusedCandles: number;
  /** Bars that never came over the socket. */
  missingCandles: number;
  /** Bars in which nothing was traded. */
  zeroVolumeCandles: number;
  decisions: number;
  orders: number;
  cancels: number;
  /** Entries moved after the market. */
  reprices: number;
  swaps: number;
  errors: number;
  /** Market time in epoch milliseconds. */
  lastBarClose: number;
  /** From the frame at the socket to the decision, orders handed over; microseconds. */
  lastDecisionUs: number;
}

export const newCounters = (): EngineCounters => ({
  candles: 0,
  trades: 0,
  bookTops: 0,
  duplicateCandles: 0,
  revisedCandles: 0,
  lateCandles: 0,
  refusedCandles: 0,
  missingCandles: 0,
  zeroVolumeCandles: 0,
  decisions: 0,
  orders: 0,
  cancels: 0,
  reprices: 0,
  swaps: 0,
  errors: 0,
  lastBarClose: 0,
  lastDecisionUs: 0,
});
