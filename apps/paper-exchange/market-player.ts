import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { BarHistory } from './bar-history.ts';

/** How far a recording has been played: `points` counts into the bar after the `played` ones. */
export interface MarketPosition {
  readonly played: number;
  readonly points: number;
}

/** What can be asked of one market that is played. */
export interface MarketView {
  readonly history: BarHistory;
  /** The book as the REST answer gives it. */
  depth(limit: number): {
    readonly lastUpdateId: number;
    readonly bids: readonly (readonly [string, string])[];
    readonly asks: readonly (readonly [string, string])[];
  };
}

/** Markets that are played from recordings, piece by piece and together. */
export interface MarketPlayer {
  /** By the markets' ids. */
  readonly views: ReadonlyMap<string, MarketView>;
  /** Tells one recording from another. */
  readonly market: string;
  time(): EpochMillis;
  position(): MarketPosition;
  /** `index`: the last piece played to its end, counted from 0 in the whole recording; −1 for none. */
  progress(): {
    readonly index: number;
    readonly barsTotal: number;
    readonly remaining: number;
    readonly firstLive: number;
    readonly firstLiveTime: number;
  };
  /** Plays the next piece; returns after how much market time, in ms, the one after it is due. */
  next(): number;
  /** Plays what is left of the bar at once, as one change of state; returns the bar's close, `undefined` when none was left. */
  bar(): EpochMillis | undefined;
}
