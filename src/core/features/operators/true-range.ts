import { ATR } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Wilder's average true range over 14 bars as a fraction of the close. Wilder (1978), section IV. */
export const trueRange: FeatureFamily = {
  names: ['atr14_rel'],
  create() {
    const atr = new ATR(14);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        atr.update(candle, replace);
      },
      write(out, at) {
        out[at] = (atr.getResult() ?? Number.NaN) / close;
      },
    };
  },
};
