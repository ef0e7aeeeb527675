import { Aroon } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Chande's Aroon oscillator over 25 bars (up less down), from -1 to 1. */
export const aroon: FeatureFamily = {
  names: ['aroonosc25'],
  create() {
    const indicator = new Aroon(25);
    return {
      update: (candle, replace) => void indicator.update(candle, replace),
      write(out, at) {
        const result = indicator.getResult();
        out[at] = result ? (result.aroonUp - result.aroonDown) / 100 : Number.NaN;
      },
    };
  },
};
