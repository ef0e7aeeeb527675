import * as z from 'zod';
import type { Candle } from '../../core/market-data/candle.ts';
import { epochMillis } from '../../core/ports/clock.ts';

const amount = z.string().transform(Number).refine(Number.isFinite, 'must be a number as text');

/** One bar as Binance's REST API gives it: open time, open, high, low, close, volume, close time, and more that is not read. */
export const candleRow = z
  .tuple([z.number(), amount, amount, amount, amount, amount, z.number()], z.unknown())
  .transform(([openTime, open, high, low, close, volume, closeTime]) => ({
    candle: { openTime: epochMillis(openTime), open, high, low, close, volume } satisfies Candle,
    /** The last millisecond of the bar. */
    closeTime,
  }));

export type CandleRow = z.infer<typeof candleRow>;
