import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';
import { windowDeviation, windowMean } from '../window-moments.ts';

/** How many population standard deviations the volume is above its mean over 60 bars; 0 when it does not vary. */
export const volumeScore: FeatureFamily = {
  names: ['volz60'],
  create() {
    const volumes = createRollingWindow(60);
    return {
      update: (candle, replace) => volumes.push(candle.volume, replace),
      write(out, at) {
        const mean = windowMean(volumes, 60);
        const deviation = windowDeviation(volumes, 60, mean);
        out[at] = deviation === 0 ? 0 : (volumes.ago(0) - mean) / deviation;
      },
    };
  },
};
