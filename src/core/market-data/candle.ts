import type { EpochMillis } from '../ports/clock.ts';

/** One bar. Prices are in quote currency, volume in base currency; binary floating point, because features and models are. */
export interface Candle {
  readonly openTime: EpochMillis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A bar's length as exchanges write it: `1m`, `15m`, `4h`, `1d`. */
export type Timeframe = string & { readonly __brand: 'Timeframe' };
