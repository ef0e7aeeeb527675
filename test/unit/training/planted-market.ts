import type { Candle } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { seededRandom } from '../../../src/core/training/seeded-random.ts';

/** Bars whose next move mostly goes against the last: an edge that every trainer worth the name finds. */
export function plantedMarket(seed: number, bars: number): Candle[] {
  const random = seededRandom(seed);
  const candles: Candle[] = [];
  let close = 1_000;
  let move = 1;
  for (let bar = 0; bar < bars; bar += 1) {
    const open = close;
    const against = random.next() < 0.8;
    move = (against ? -Math.sign(move) : Math.sign(move)) * (0.1 + random.next());
    close = open + move;
    const openTime = epochMillis(1_640_995_200_000 + bar * 60_000);
    candles.push({
      openTime,
      open,
      high: Math.max(open, close) + random.next(),
      low: Math.min(open, close) - random.next(),
      close,
      volume: random.next(),
    });
  }
  return candles;
}
