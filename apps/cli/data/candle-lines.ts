import type { Candle } from '../../../src/core/market-data/candle.ts';

/** What Ares writes, and reads wherever it reads candles. */
export const CANDLE_HEADER = 'ts_ms,open,high,low,close,volume';

/** One line a candle, each ended by a line feed. */
export const candleLines = (candles: readonly Candle[]): string =>
  candles
    .map(({ openTime, open, high, low, close, volume }) => `${openTime},${open},${high},${low},${close},${volume}\n`)
    .join('');
