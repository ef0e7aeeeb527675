import type { Candle } from '../../core/market-data/candle.ts';
import { epochMillis } from '../../core/ports/clock.ts';

const FIELDS = 6;

/** Candles as one array, which another thread takes over without a copy. */
export function packCandles(candles: readonly Candle[]): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(candles.length * FIELDS);
  for (const [index, { openTime, open, high, low, close, volume }] of candles.entries()) {
    packed.set([openTime, open, high, low, close, volume], index * FIELDS);
  }
  return packed;
}

export function unpackCandles(packed: Float64Array): Candle[] {
  return Array.from({ length: packed.length / FIELDS }, (_, index) => {
    const [openTime, open, high, low, close, volume] = packed.subarray(index * FIELDS, (index + 1) * FIELDS);
    return {
      openTime: epochMillis(openTime as number),
      open: open as number,
      high: high as number,
      low: low as number,
      close: close as number,
      volume: volume as number,
    };
  });
}
