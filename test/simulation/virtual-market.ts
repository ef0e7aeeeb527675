import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Dice } from './dice.ts';

/** Makes one bar after the other: a random walk that faults can make jump or stand still. */
export interface VirtualMarket {
  next(mood: { readonly jump: number; readonly still: boolean; readonly thin: boolean }): Candle;
}

const cents = (value: number): number => Math.round(value * 100) / 100;

/** @param barMillis length of a bar; `start` is the first one's opening */
export function createVirtualMarket(dice: Dice, start: number, barMillis: number): VirtualMarket {
  let openTime = start;
  let last = 20_000 + dice.whole(0, 20_000);
  return {
    next({ jump, still, thin }) {
      const open = cents(last * (1 + jump));
      const swing = 0.0015 + 0.004 * dice.next() ** 3;
      const close = still ? open : cents(open * (1 + (dice.next() - 0.5) * 2 * swing));
      const high = still ? open : cents(Math.max(open, close) * (1 + dice.next() * swing));
      const low = still ? open : cents(Math.min(open, close) * (1 - dice.next() * swing));
      const volume = still ? 0 : thin ? 0.05 + dice.next() * 0.4 : 20 + dice.next() * 80;
      const candle = {
        openTime: epochMillis(openTime),
        open,
        high,
        low,
        close,
        volume: Math.round(volume * 1e5) / 1e5,
      };
      openTime += barMillis;
      // Far from where it began a fixed budget would buy nothing, or everything.
      last = close < 8_000 || close > 90_000 ? 30_000 : close;
      return candle;
    },
  };
}
