import { type Price, price } from '../../../src/core/trading/money.ts';
import type { MarketHarness } from './exchange-harness.ts';

/** As far ahead as a move is looked for. */
const MOST_BARS = 900;
/** How far the market goes beyond a price that it is to reach for certain, as a fraction. */
const BEYOND = 0.001;

/** A move that comes for certain. */
export interface Move {
  /** What the market will go through. */
  readonly reached: Price;
  /** As far on the other side of the market, and not reached before. */
  readonly avoided: Price;
  /** After so many bars it has gone through. */
  readonly bars: number;
}

/** Rounded to whole cents, which every market here takes. */
export const cents = (value: number): Price => price(value.toFixed(2));

/** A price so far from the top (a fraction, below 0 under it) that no order there is reached soon. */
export async function awayFromTop(harness: MarketHarness, fraction: number, symbol = harness.symbol): Promise<Price> {
  const { bid, ask } = await harness.top(symbol);
  return cents((fraction < 0 ? bid : ask).toNumber() * (1 + fraction));
}

/**
 * Plays bars until the market is about to move so far in one direction (a fraction), and not as far in the other before.
 */
export async function playUntil(harness: MarketHarness, direction: 'rise' | 'fall', fraction: number): Promise<Move> {
  const bars = await harness.upcoming(MOST_BARS);
  const sign = direction === 'rise' ? 1 : -1;
  for (let start = 1; start < bars.length; start += 1) {
    const now = bars[start - 1]?.close ?? Number.NaN;
    const [reached, avoided] = [now * (1 + sign * fraction), now * (1 - sign * fraction)];
    const far = reached * (1 + sign * BEYOND);
    const later = bars.slice(start);
    const index = later.findIndex(({ low, high }) => (direction === 'rise' ? high > far : low < far));
    if (index < 0) continue;
    const onTheWay = later.slice(0, index + 1);
    if (onTheWay.some(({ low, high }) => (direction === 'rise' ? low <= avoided : high >= avoided))) continue;
    await harness.step(start);
    return { reached: cents(reached), avoided: cents(avoided), bars: index + 1 };
  }
  throw new Error(`the bars must hold a ${direction} of ${fraction}, held none`);
}
