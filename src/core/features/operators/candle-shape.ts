import type { Candle } from '../../market-data/candle.ts';
import type { FeatureFamily } from '../feature-operator.ts';

/**
 * The bar alone: its range as a fraction of the close, and its body (signed), upper and lower wick as fractions of its range, 0 when it has none.
 */
export const candleShape: FeatureFamily = {
  names: ['range_rel', 'body', 'upper_wick', 'lower_wick'],
  create() {
    let bar: Candle | undefined;
    return {
      update(candle) {
        bar = candle;
      },
      write(out, at) {
        if (!bar) {
          out.fill(Number.NaN, at, at + 4);
          return;
        }
        const range = bar.high - bar.low;
        const part = (length: number) => (range === 0 ? 0 : length / range);
        out[at] = range / bar.close;
        out[at + 1] = part(bar.close - bar.open);
        out[at + 2] = part(bar.high - Math.max(bar.open, bar.close));
        out[at + 3] = part(Math.min(bar.open, bar.close) - bar.low);
      },
    };
  },
};
