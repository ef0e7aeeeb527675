import type { FeatureFamily } from '../feature-operator.ts';
import { WilderAverage } from '../wilder-average.ts';

/** Wilder's average true range over 14 bars as a fraction of the close. Wilder (1978), section IV. */
export const trueRange: FeatureFamily = {
  names: ['atr14_rel'],
  create() {
    const average = new WilderAverage(14);
    let before = Number.NaN;
    let newest = Number.NaN;
    return {
      update({ high, low, close }, replace) {
        if (!replace) before = newest;
        newest = close;
        const range = high - low;
        average.update(
          Number.isNaN(before) ? range : Math.max(range, Math.abs(high - before), Math.abs(low - before)),
          replace,
        );
      },
      write(out, at) {
        out[at] = average.value / newest;
      },
    };
  },
};
