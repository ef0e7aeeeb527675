import { writeFileSync } from 'node:fs';
import type { Candle } from '../../../../src/core/market-data/candle.ts';

export const HEADER = 'ts_ms,open,high,low,close,volume';

export const lineOf = ({ openTime, open, high, low, close, volume }: Candle): string =>
  [openTime, open, high, low, close, volume].join(',');

/** Writes candles as a user's file would have them. */
export function writeCandles(path: string, candles: readonly Candle[]): string {
  writeFileSync(path, `${[HEADER, ...candles.map(lineOf)].join('\n')}\n`);
  return path;
}
