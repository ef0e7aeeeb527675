import type { FeatureFamily } from '../feature-operator.ts';
import { WilderAverage } from '../wilder-average.ts';

/** Wilder's RSI over 14 closes, from 0 to 1. Wilder, New Concepts in Technical Trading Systems (1978), section VI. */
export const relativeStrength: FeatureFamily = {
  names: ['rsi14'],
  create() {
    const gains = new WilderAverage(14);
    const losses = new WilderAverage(14);
    let before = Number.NaN;
    let newest = Number.NaN;
    return {
      update({ close }, replace) {
        if (!replace) before = newest;
        newest = close;
        if (Number.isNaN(before)) return;
        gains.update(close > before ? close - before : 0, replace);
        losses.update(close > before ? 0 : before - close, replace);
      },
      write(out, at) {
        out[at] = (losses.value === 0 ? 100 : 100 - 100 / (gains.value / losses.value + 1)) / 100;
      },
    };
  },
};
