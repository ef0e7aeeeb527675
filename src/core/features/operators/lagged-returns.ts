import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';

/** The close relative to the close so many bars before, less 1: one feature `ret<bars>` a lag. */
export function laggedReturns(lags: readonly number[]): FeatureFamily {
  return {
    names: lags.map((lag) => `ret${lag}`),
    create() {
      const closes = createRollingWindow(Math.max(...lags) + 1);
      return {
        update: (candle, replace) => closes.push(candle.close, replace),
        write(out, at) {
          const close = closes.ago(0);
          for (let i = 0; i < lags.length; i += 1) out[at + i] = close / closes.ago(lags[i] as number) - 1;
        },
      };
    },
  };
}
