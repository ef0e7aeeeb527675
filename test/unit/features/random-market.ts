import type { Candle } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { seededRandom } from '../../../src/core/training/seeded-random.ts';

export interface RandomMarket {
  readonly seed: number;
  readonly bars: number;
  readonly barMillis?: number;
  /** Bars from the epoch to the first. */
  readonly firstBar?: number;
  /** How likely a bar is missing, and how many after it with it. */
  readonly gapChance?: number;
  readonly gapBars?: number;
}

/** A walk with whole-number prices, so that equal highs, lows and closes occur as they do on coarse markets. */
export function randomMarket(market: RandomMarket): Candle[] {
  const { seed, bars, barMillis = 60_000, firstBar = 27_000_000, gapChance = 0, gapBars = 1 } = market;
  const random = seededRandom(seed);
  const step = (size: number) => Math.round((random.next() - 0.5) * size);
  const candles: Candle[] = [];
  let close = 40_000;
  for (let bar = 0; bar < bars; bar += 1) {
    const open = close;
    close = Math.max(1_000, open + step(40));
    if (random.next() < gapChance) bar += gapBars - 1;
    else {
      const high = Math.max(open, close) + Math.abs(step(20));
      const low = Math.min(open, close) - Math.abs(step(20));
      const openTime = epochMillis((firstBar + bar) * barMillis);
      candles.push({ openTime, open, high, low, close, volume: Math.round(random.next() * 1e5) / 1e3 });
    }
  }
  return candles;
}
