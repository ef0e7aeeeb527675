import { StochasticOscillator } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Lane's slow stochastic (14 bars, %K over 3, %D over 3, simple averages), from 0 to 1. */
export const stochastic: FeatureFamily = {
  names: ['stoch_k', 'stoch_d'],
  create() {
    const oscillator = new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 });
    return {
      update: (candle, replace) => void oscillator.update(candle, replace),
      write(out, at) {
        const result = oscillator.getResult();
        out[at] = (result?.stochK ?? Number.NaN) / 100;
        out[at + 1] = (result?.stochD ?? Number.NaN) / 100;
      },
    };
  },
};
