import { ExponentialAverage } from '../exponential-average.ts';
import type { FeatureFamily } from '../feature-operator.ts';

/** Exponential average of 50 closes relative to the close. */
export const slowAverage: FeatureFamily = {
  names: ['ema50_rel'],
  create() {
    const average = new ExponentialAverage(50);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        average.update(close, replace);
      },
      write(out, at) {
        out[at] = average.value / close - 1;
      },
    };
  },
};
