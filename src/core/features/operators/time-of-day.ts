import type { FeatureFamily } from '../feature-operator.ts';

const DAY_MILLIS = 86_400_000;

/** The bar's open time on a clock face of 24 hours UTC, so that 23:59 is next to 00:00. */
export const timeOfDay: FeatureFamily = {
  names: ['hour_sin', 'hour_cos'],
  create() {
    let angle = Number.NaN;
    return {
      update(candle) {
        angle = ((candle.openTime % DAY_MILLIS) / DAY_MILLIS) * 2 * Math.PI;
      },
      write(out, at) {
        out[at] = Math.sin(angle);
        out[at + 1] = Math.cos(angle);
      },
    };
  },
};
