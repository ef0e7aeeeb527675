import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow, type RollingWindow } from '../rolling-window.ts';
import { windowDeviation, windowSkewness } from '../window-moments.ts';

function momentOfReturns(
  name: string,
  length: number,
  moment: (returns: RollingWindow, length: number) => number,
): FeatureFamily {
  return {
    names: [name],
    create() {
      const closes = createRollingWindow(2);
      const returns = createRollingWindow(length);
      return {
        update(candle, replace) {
          closes.push(candle.close, replace);
          if (closes.full()) returns.push(candle.close / closes.ago(1) - 1, replace);
        },
        write(out, at) {
          out[at] = moment(returns, length);
        },
      };
    },
  };
}

/** Population standard deviation of the last 60 one-bar returns. */
export const volatility60 = momentOfReturns('vol60', 60, (returns, length) => windowDeviation(returns, length));

/** Population standard deviation of the last 20 one-bar returns. */
export const volatility20 = momentOfReturns('vol20', 20, (returns, length) => windowDeviation(returns, length));

/** Population skewness of the last 60 one-bar returns; 0 when they do not vary. */
export const skewness60 = momentOfReturns('skew60', 60, windowSkewness);
