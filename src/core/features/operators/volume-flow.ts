import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';
import { windowMean } from '../window-moments.ts';

const BARS = 20;

/**
 * `obv20`: change of Granville's on-balance volume over 20 bars as a fraction of the volume in them, from -1 to 1;
 * `volratio20`: volume over its mean of 20 bars, less 1. Both 0 when nothing was traded.
 */
export const volumeFlow: FeatureFamily = {
  names: ['obv20', 'volratio20'],
  create() {
    const closes = createRollingWindow(2);
    const volumes = createRollingWindow(BARS);
    const signed = createRollingWindow(BARS);
    return {
      update(candle, replace) {
        closes.push(candle.close, replace);
        volumes.push(candle.volume, replace);
        if (closes.full()) signed.push(Math.sign(candle.close - closes.ago(1)) * candle.volume, replace);
      },
      write(out, at) {
        const mean = windowMean(volumes, BARS);
        out[at] = mean === 0 ? 0 : windowMean(signed, BARS) / mean;
        out[at + 1] = mean === 0 ? 0 : volumes.ago(0) / mean - 1;
      },
    };
  },
};
