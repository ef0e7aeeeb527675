import { BollingerBands } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/**
 * Where the close stands in its Bollinger bands (20 closes, 2 population standard deviations): 0 at the lower, 1 at the upper, 0.5 when they coincide;
 * and the distance of the bands as a fraction of their middle.
 */
export const bollinger: FeatureFamily = {
  names: ['bb_pctb', 'bb_width'],
  create() {
    const bands = new BollingerBands(20, 2);
    let close = Number.NaN;
    return {
      update(candle, replace) {
        close = candle.close;
        bands.update(close, replace);
      },
      write(out, at) {
        const result = bands.getResult();
        const width = result ? result.upper - result.lower : Number.NaN;
        out[at] = width === 0 ? 0.5 : (close - (result?.lower ?? Number.NaN)) / width;
        out[at + 1] = width / (result?.middle ?? Number.NaN);
      },
    };
  },
};
