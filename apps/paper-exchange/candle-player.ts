import { AresError } from '../../src/core/ares-error.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import type { CandleSeries } from '../../src/core/market-data/candle-csv.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { PATH_POINTS, pathPoint } from '../../src/core/simulation/candle-path.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { VenueEvent } from '../../src/core/simulation/venue-order.ts';
import { createBarHistory } from './bar-history.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';
import { amountText } from './order-answers.ts';

interface CandlePlayerOptions {
  readonly series: CandleSeries;
  readonly symbol: string;
  /** Open time of the first bar that is played; those before it are history. */
  readonly liveFrom: number | undefined;
  /** Where an earlier run stopped. */
  readonly position: MarketPosition | undefined;
  readonly venue: Venue;
  readonly publisher: FramePublisher;
  /** Saves what the venue and this player have come to. */
  readonly record: (events: readonly VenueEvent[]) => void;
}

function firstLiveIndex(candles: readonly Candle[], liveFrom: number | undefined): number {
  if (liveFrom === undefined) return 0;
  const index = candles.findIndex(({ openTime }) => openTime >= liveFrom);
  if (index >= 0) return index;
  const last = candles.at(-1)?.openTime;
  throw new AresError(
    'LIVE_FROM_INVALID',
    `live-from must be at most ${last}, the last bar's open time, was ${liveFrom}`,
    { liveFrom },
  );
}

/** What a bar looks like from its first `points` path points. */
function partialBar(candle: Candle, points: number): Candle {
  const { open, low, high, close } = candle;
  const seen = [open, low, high, close].slice(0, points);
  return {
    openTime: candle.openTime,
    open,
    high: Math.max(...seen),
    low: Math.min(...seen),
    close: seen.at(-1) as number,
    volume: (candle.volume * points) / PATH_POINTS,
  };
}

/** @throws AresError `LIVE_FROM_INVALID` */
export function createCandlePlayer(options: CandlePlayerOptions): MarketPlayer {
  const { venue, publisher, record } = options;
  const { candles } = options.series;
  const barMillis = timeframeMillis(options.series.timeframe);
  const firstLive = firstLiveIndex(candles, options.liveFrom);
  let { played, points } = options.position ?? { played: firstLive, points: 0 };
  let lastTradeId = 0;

  const history = createBarHistory(barMillis, {
    bars: candles,
    closed: () => played,
    partial: () => (points === 0 ? undefined : partialBar(candles[played] as Candle, points)),
  });
  const before = candles[played - 1];
  if (!options.position && before) {
    venue.moveTo({ ...pathPoint(before, barMillis, PATH_POINTS - 1), continuous: false });
  }

  const closeOf = (bar: Candle) => epochMillis(bar.openTime + barMillis);

  /** Market time is that of the last point, or of the last close when no point came after it. */
  function time() {
    const bar = candles[played];
    if (points > 0 && bar) return pathPoint(bar, barMillis, points - 1).at;
    const last = candles[played - 1];
    return last ? closeOf(last) : epochMillis((candles[0] as Candle).openTime);
  }

  function playPoint(bar: Candle): readonly VenueEvent[] {
    const point = pathPoint(bar, barMillis, points);
    const events = venue.moveTo(point);
    points += 1;
    lastTradeId = venue.takeTradeIds(1);
    // The low is reached by selling, the high by buying: that is who took.
    const buyerIsMaker = points === 2;
    const quantity = Math.max(bar.volume / PATH_POINTS, Number(venue.rules.quantityStep));
    publisher.trade({ id: lastTradeId, price: point.price, quantity, at: point.at, buyerIsMaker });
    publisher.book(played * PATH_POINTS + points, point.at);
    publisher.klines(history, point.at, false, points, lastTradeId);
    return events;
  }

  function closeBar(bar: Candle): void {
    publisher.klines(history, closeOf(bar), true, PATH_POINTS, lastTradeId);
    played += 1;
    points = 0;
  }

  return {
    history,
    market: `${options.symbol} ${options.series.timeframe} ${candles[0]?.openTime} ${candles.at(-1)?.openTime} ${candles.length}`,
    time,
    position: () => ({ played, points }),
    progress: () => ({
      index: played - 1,
      barsTotal: candles.length,
      remaining: candles.length - played,
      firstLive,
      firstLiveTime: (candles[firstLive] as Candle).openTime,
    }),
    depth(limit) {
      const rows = (side: 'bid' | 'ask') =>
        venue.book(side, limit).map(({ price, quantity }) => [amountText(price), amountText(quantity)] as const);
      return { lastUpdateId: played * PATH_POINTS + points, bids: rows('bid'), asks: rows('ask') };
    },
    next() {
      const bar = candles[played];
      if (!bar) return 0;
      const events: VenueEvent[] = [];
      if (points < PATH_POINTS) events.push(...playPoint(bar));
      else closeBar(bar);
      record(events);
      publisher.flush();
      return points === 0 ? 0 : barMillis / PATH_POINTS;
    },
    bar() {
      const bar = candles[played];
      if (!bar) return undefined;
      const events: VenueEvent[] = [];
      while (points < PATH_POINTS) events.push(...playPoint(bar));
      closeBar(bar);
      record(events);
      publisher.flush();
      return closeOf(bar);
    },
  };
}
