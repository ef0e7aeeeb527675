import type { Candle } from './candle.ts';

/** What is wrong with a bar, as "X must be …, was …"; `undefined` when it can be a bar of a market. */
export function candleFault({ openTime, open, high, low, close, volume }: Candle): string | undefined {
  if (!Number.isSafeInteger(openTime) || openTime < 0)
    return `openTime must be whole milliseconds since 1970, was ${openTime}`;
  // Written so that NaN fails too: every comparison with it is false.
  if (!(low > 0 && low < Number.POSITIVE_INFINITY)) return `low must be a finite number above 0, was ${low}`;
  if (!(high >= low && high < Number.POSITIVE_INFINITY))
    return `high must be a finite number from the low ${low}, was ${high}`;
  if (!(open >= low && open <= high)) return `open must be from the low ${low} to the high ${high}, was ${open}`;
  if (!(close >= low && close <= high)) return `close must be from the low ${low} to the high ${high}, was ${close}`;
  if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY))
    return `volume must be a finite number from 0, was ${volume}`;
  return undefined;
}
