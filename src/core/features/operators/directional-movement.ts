import { ATR, WSMA } from 'trading-signals';
import type { FeatureFamily } from '../feature-operator.ts';
import { createRollingWindow } from '../rolling-window.ts';

/**
 * Wilder's average directional index over 14 bars, and the difference of the directional indicators (+DI less -DI), as fractions of 1.
 *
 * Wilder (1978), section V. Assembled here because the library's own counts both movements of an outside bar whose two movements are equal, and Wilder neither.
 */
export const directionalMovement: FeatureFamily = {
  names: ['adx14', 'di14'],
  create() {
    const highs = createRollingWindow(2);
    const lows = createRollingWindow(2);
    const range = new ATR(14);
    const up = new WSMA(14);
    const down = new WSMA(14);
    const smoothed = new WSMA(14);
    let difference = Number.NaN;
    return {
      update(candle, replace) {
        highs.push(candle.high, replace);
        lows.push(candle.low, replace);
        range.update(candle, replace);
        if (!highs.full()) return;
        const higher = highs.ago(0) - highs.ago(1);
        const lower = lows.ago(1) - lows.ago(0);
        up.update(higher > lower && higher > 0 ? higher : 0, replace);
        down.update(lower > higher && lower > 0 ? lower : 0, replace);
        if (!up.isStable) return;
        const plus = up.getResultOrThrow();
        const minus = down.getResultOrThrow();
        const trueRange = range.getResultOrThrow();
        difference = trueRange > 0 ? (plus - minus) / trueRange : 0;
        smoothed.update(plus + minus > 0 ? Math.abs(plus - minus) / (plus + minus) : 0, replace);
      },
      write(out, at) {
        out[at] = smoothed.getResult() ?? Number.NaN;
        out[at + 1] = difference;
      },
    };
  },
};
