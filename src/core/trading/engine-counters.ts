/** What the engine has seen and done since it started. */
export interface EngineCounters {
  candles: number;
  trades: number;
  bookTops: number;
  /** Closed bars that had been decided already. */
  duplicateCandles: number;
  /** Bars that never came over the socket. */
  missingCandles: number;
  decisions: number;
  orders: number;
  swaps: number;
  errors: number;
  /** Market time in epoch milliseconds. */
  lastBarClose: number;
  /** From the frame at the socket to the decision, orders handed over; microseconds. */
  lastDecisionUs: number;
}
