import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';

const BARS = 60;

/** Where the close stands between the lowest low (0) and the highest high (1) of 60 bars, 0.5 when they are equal; and their distance as a fraction of the close. */
export const rangePosition: FeatureFamily = {
  names: ['rangepos60', 'range60_rel'],
  create() {
    const highs = createRollingWindow(BARS);
    const lows = createRollingWindow(BARS);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        highs.push(candle.high, replace);
        lows.push(candle.low, replace);
      },
      write(out, at) {
        const end = highs.end();
        let high = highs.values[end - BARS] as number;
        let low = lows.values[end - BARS] as number;
        for (let i = end - BARS + 1; i < end; i += 1) {
          if ((highs.values[i] as number) > high) high = highs.values[i] as number;
          if ((lows.values[i] as number) < low) low = lows.values[i] as number;
        }
        out[at] = high === low ? 0.5 : (close - low) / (high - low);
        out[at + 1] = (high - low) / close;
      },
    };
  },
};
