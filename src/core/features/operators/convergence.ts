import { EMA, MACD } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Exponential averages of 12 and 26 closes relative to the close, and MACD(12, 26, 9), its signal and its histogram as fractions of the close. */
export const convergence: FeatureFamily = {
  names: ['ema12_rel', 'ema26_rel', 'macd_rel', 'macdsig_rel', 'macdhist_rel'],
  create() {
    const short = new EMA(12);
    const long = new EMA(26);
    const macd = new MACD(short, long, new EMA(9));
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        macd.update(close, replace);
      },
      write(out, at) {
        const result = macd.getResult();
        if (!result) {
          out.fill(Number.NaN, at, at + 5);
          return;
        }
        out[at] = short.getResultOrThrow() / close - 1;
        out[at + 1] = long.getResultOrThrow() / close - 1;
        out[at + 2] = result.macd / close;
        out[at + 3] = result.signal / close;
        out[at + 4] = result.histogram / close;
      },
    };
  },
};
