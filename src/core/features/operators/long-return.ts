import { ROC } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Rate of change of the close over 120 bars, as a fraction. */
export const longReturn: FeatureFamily = {
  names: ['roc120'],
  create() {
    const roc = new ROC(120);
    return {
      update: (candle, replace) => void roc.update(candle.close, replace),
      write(out, at) {
        out[at] = roc.getResult() ?? Number.NaN;
      },
    };
  },
};
