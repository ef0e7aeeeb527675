import { MFI } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Money flow index over 14 bars, from 0 to 1; 0.5 when no money flowed. */
export const moneyFlow: FeatureFamily = {
  names: ['mfi14'],
  create() {
    const index = new MFI(14);
    return {
      update: (candle, replace) => void index.update(candle, replace),
      write(out, at) {
        out[at] = (index.getResult() ?? Number.NaN) / 100;
      },
    };
  },
};
