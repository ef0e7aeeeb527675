import { RSI } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Wilder's RSI over 14 closes, from 0 to 1. Wilder, New Concepts in Technical Trading Systems (1978), section VI. */
export const relativeStrength: FeatureFamily = {
  names: ['rsi14'],
  create() {
    const rsi = new RSI(14);
    return {
      update: (candle, replace) => void rsi.update(candle.close, replace),
      write(out, at) {
        out[at] = (rsi.getResult() ?? Number.NaN) / 100;
      },
    };
  },
};
