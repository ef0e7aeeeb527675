import { AresError } from '../../src/core/ares-error.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { PATH_POINTS, pathOffset } from '../../src/core/simulation/candle-path.ts';
import type { CandleMarket } from './candle-market.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';
import type { MarketEvents } from './store.ts';

interface CandlePlayerOptions {
  readonly markets: readonly CandleMarket[];
  readonly barMillis: number;
  /** Tells one recording from another. */
  readonly name: string;
  /** Open time of the first bar that is played; those before it are history. */
  readonly liveFrom: number | undefined;
  /** Where an earlier run stopped. */
  readonly position: MarketPosition | undefined;
  /** Saves what the venues and this player have come to. */
  readonly record: (moves: readonly MarketEvents[]) => void;
  /** Called before the first point of a bar, with its index. */
  readonly beforeBar: (index: number) => void;
}

function firstLiveIndex(openTimes: readonly number[], liveFrom: number | undefined): number {
  if (liveFrom === undefined) return 0;
  const index = openTimes.findIndex((openTime) => openTime >= liveFrom);
  if (index >= 0) return index;
  const last = openTimes.at(-1);
  throw new AresError(
    'LIVE_FROM_INVALID',
    `live-from must be at most ${last}, the last bar's open time, was ${liveFrom}`,
    { liveFrom },
  );
}

/** The open times of all bars there are, in any of the markets. */
function openTimesOf(markets: readonly CandleMarket[]): readonly number[] {
  const [first] = markets;
  if (markets.length === 1 && first) return first.openTimes;
  return [...new Set(markets.flatMap(({ openTimes }) => openTimes))].sort((a, b) => a - b);
}

/**
 * Plays candles of one or several markets in lockstep: the bars that open at one time go through their four points together, and end together.
 *
 * @throws AresError `LIVE_FROM_INVALID`
 */
export function createCandlePlayer(options: CandlePlayerOptions): MarketPlayer {
  const { markets, barMillis, record } = options;
  const openTimes = openTimesOf(markets);
  const firstLive = firstLiveIndex(openTimes, options.liveFrom);
  let { played, points } = options.position ?? { played: firstLive, points: 0 };
  const standsAt = openTimes[played] ?? Number.POSITIVE_INFINITY;
  for (const market of markets) market.seek(standsAt, points, options.position === undefined);

  const closeOf = (openTime: number) => epochMillis(openTime + barMillis);

  /** Market time is that of the last point, or of the last close when no point came after it. */
  function time() {
    const openTime = openTimes[played];
    if (points > 0 && openTime !== undefined) return epochMillis(openTime + pathOffset(barMillis, points - 1));
    const last = openTimes[played - 1];
    return last === undefined ? epochMillis(openTimes[0] as number) : closeOf(last);
  }

  const playing = (openTime: number) => markets.filter((market) => market.opensAt(openTime));

  function playPoint(openTime: number): readonly MarketEvents[] {
    if (points === 0) options.beforeBar(played);
    const moves = playing(openTime).map((market) => ({ symbolId: market.symbolId, events: market.point() }));
    points += 1;
    return moves;
  }

  function closeBar(openTime: number): void {
    for (const market of playing(openTime)) market.close();
    played += 1;
    points = 0;
  }

  function finish(moves: readonly MarketEvents[]): void {
    record(moves);
    for (const market of markets) market.flush();
  }

  return {
    views: new Map(markets.map(({ symbolId, view }) => [symbolId, view])),
    market: options.name,
    time,
    position: () => ({ played, points }),
    progress: () => ({
      index: played - 1,
      barsTotal: openTimes.length,
      remaining: openTimes.length - played,
      firstLive,
      firstLiveTime: openTimes[firstLive] as number,
    }),
    next() {
      const openTime = openTimes[played];
      if (openTime === undefined) return 0;
      const moves: MarketEvents[] = [];
      if (points < PATH_POINTS) moves.push(...playPoint(openTime));
      else closeBar(openTime);
      finish(moves);
      return points === 0 ? 0 : barMillis / PATH_POINTS;
    },
    bar() {
      const openTime = openTimes[played];
      if (openTime === undefined) return undefined;
      const moves: MarketEvents[] = [];
      while (points < PATH_POINTS) moves.push(...playPoint(openTime));
      closeBar(openTime);
      finish(moves);
      return closeOf(openTime);
    },
  };
}
