import { CCI } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';

/** Lambert's commodity channel index over 20 typical prices, divided by 100; 0 when they do not vary. */
export const commodityChannel: FeatureFamily = {
  names: ['cci20'],
  create() {
    const cci = new CCI(20);
    return {
      update: (candle, replace) => void cci.update(candle, replace),
      write(out, at) {
        const result = cci.getResult();
        if (result === null) out[at] = Number.NaN;
        else out[at] = Number.isFinite(result) ? result / 100 : 0;
      },
    };
  },
};
