import { EMA } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Exponential average of 50 closes relative to the close. */
export const slowAverage: FeatureFamily = {
  names: ['ema50_rel'],
  create() {
    const ema = new EMA(50);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        ema.update(close, replace);
      },
      write(out, at) {
        out[at] = ema.isStable ? ema.getResultOrThrow() / close - 1 : Number.NaN;
      },
    };
  },
};
