import type { Candle } from '../market-data/candle.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { BookTop } from './order-book.ts';

/** The market at one moment. */
export interface MarketPoint {
  readonly at: EpochMillis;
  readonly price: number;
  /** Base currency traded in the bar this point belongs to: the book's depth follows it. */
  readonly volume: number;
  /** Base currency that traded at this price since the point before it; without it, nothing is known to have. */
  readonly traded?: number;
  /** Whether the price passed through everything between the last point and this one; false for a jump. */
  readonly continuous: boolean;
  /** The recorded best prices, where there are any: they replace the modelled book. */
  readonly top?: BookTop;
}

export const PATH_POINTS = 4;

/** How long after the bar's open a point falls: the close on the bar's last millisecond. */
export const pathOffset = (barMillis: number, index: number): number =>
  index === PATH_POINTS - 1 ? barMillis - 1 : Math.floor((barMillis * index) / (PATH_POINTS - 1));

/**
 * One of the four prices a bar is played as: always open, low, high, close, whatever any account holds.
 *
 * The open is a jump from the close before it; the other three are reached continuously. The close falls on the bar's last millisecond.
 *
 * @param index 0 to 3
 */
export function pathPoint(candle: Candle, barMillis: number, index: number): MarketPoint {
  const price = index === 0 ? candle.open : index === 1 ? candle.low : index === 2 ? candle.high : candle.close;
  return {
    at: epochMillis(candle.openTime + pathOffset(barMillis, index)),
    price,
    volume: candle.volume,
    // Nothing in a bar says when its volume traded: each point gets the same share.
    traded: candle.volume / PATH_POINTS,
    continuous: index > 0,
  };
}

/** All four points of a bar in their order. */
export function candlePath(candle: Candle, barMillis: number): readonly MarketPoint[] {
  return [0, 1, 2, 3].map((index) => pathPoint(candle, barMillis, index));
}
