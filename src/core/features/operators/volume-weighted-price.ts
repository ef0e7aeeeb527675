import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';
import { windowSum } from '../window-moments.ts';

const BARS = 60;

/** Volume-weighted mean of 60 typical prices relative to the close; 0 when nothing was traded. */
export const volumeWeightedPrice: FeatureFamily = {
  names: ['vwap60_rel'],
  create() {
    const turnovers = createRollingWindow(BARS);
    const volumes = createRollingWindow(BARS);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        turnovers.push(((candle.high + candle.low + candle.close) / 3) * candle.volume, replace);
        volumes.push(candle.volume, replace);
      },
      write(out, at) {
        const volume = windowSum(volumes, BARS);
        out[at] = volume === 0 ? 0 : windowSum(turnovers, BARS) / volume / close - 1;
      },
    };
  },
};
