import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';
import { windowDeviation, windowMean } from '../window-moments.ts';

const BARS = 20;
const DEVIATIONS = 2;

/**
 * Where the close stands in its Bollinger bands (20 closes, 2 population standard deviations): 0 at the lower, 1 at the upper, 0.5 when they coincide;
 * and the distance of the bands as a fraction of their middle.
 */
export const bollinger: FeatureFamily = {
  names: ['bb_pctb', 'bb_width'],
  create() {
    const closes = createRollingWindow(BARS);
    return {
      update: (candle, replace) => closes.push(candle.close, replace),
      write(out, at) {
        const middle = windowMean(closes, BARS);
        const reach = windowDeviation(closes, BARS, middle) * DEVIATIONS;
        const lower = middle - reach;
        const width = middle + reach - lower;
        out[at] = width === 0 ? 0.5 : (closes.ago(0) - lower) / width;
        out[at + 1] = width / middle;
      },
    };
  },
};
