import { ExponentialAverage } from '../exponential-average.ts';
import type { FeatureFamily } from '../feature-operator.ts';

/** Exponential averages of 12 and 26 closes relative to the close, and MACD(12, 26, 9), its signal and its histogram as fractions of the close. */
export const convergence: FeatureFamily = {
  names: ['ema12_rel', 'ema26_rel', 'macd_rel', 'macdsig_rel', 'macdhist_rel'],
  create() {
    const short = new ExponentialAverage(12);
    const long = new ExponentialAverage(26);
    const smoothed = new ExponentialAverage(9);
    let close = Number.NaN;
    let signal = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        short.update(close, replace);
        long.update(close, replace);
        const macd = short.value - long.value;
        // The signal's average begins with the first difference of two whole averages, not with its ninth.
        if (!Number.isNaN(macd)) signal = smoothed.update(macd, replace);
      },
      write(out, at) {
        const macd = short.value - long.value;
        out[at] = short.value / close - 1;
        out[at + 1] = long.value / close - 1;
        out[at + 2] = macd / close;
        out[at + 3] = signal / close;
        out[at + 4] = (macd - signal) / close;
      },
    };
  },
};
