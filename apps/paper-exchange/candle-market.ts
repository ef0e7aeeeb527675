import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { PATH_POINTS, pathPoint } from '../../src/core/simulation/candle-path.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { VenueEvent } from '../../src/core/simulation/venue-order.ts';
import { createBarHistory } from './bar-history.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { MarketView } from './market-player.ts';
import { amountText } from './order-answers.ts';

interface CandleMarketOptions {
  readonly symbolId: string;
  readonly candles: readonly Candle[];
  readonly barMillis: number;
  readonly venue: Venue;
  readonly publisher: FramePublisher;
}

/** One market that is played from candles: knows which bar it is in, moves its venue and gathers its frames. */
export interface CandleMarket {
  readonly symbolId: string;
  readonly view: MarketView;
  /** Open times of all its bars. */
  readonly openTimes: readonly number[];
  /** Stands before the first bar that opens at `openTime` or later, or `points` into it; with `priced` the venue is moved to the close before it. */
  seek(openTime: number, points: number, priced: boolean): void;
  /** Whether its next bar opens at this time. */
  opensAt(openTime: number): boolean;
  /** Plays the next of the bar's four points. */
  point(): readonly VenueEvent[];
  close(): void;
  /** Lets the bars to come stand still without volume, so many; the recording itself stays as it is. */
  flatten(bars: number): void;
  /** Sends what was gathered. */
  flush(): void;
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

export function createCandleMarket(options: CandleMarketOptions): CandleMarket {
  const { symbolId, barMillis, venue, publisher } = options;
  const candles = [...options.candles];
  let played = 0;
  let points = 0;
  let lastTradeId = 0;

  const history = createBarHistory(barMillis, {
    bars: candles,
    closed: () => played,
    partial: () => (points === 0 ? undefined : partialBar(candles[played] as Candle, points)),
  });
  const updateId = () => played * PATH_POINTS + points;
  const closeOf = (bar: Candle) => epochMillis(bar.openTime + barMillis);

  return {
    symbolId,
    openTimes: candles.map(({ openTime }) => openTime),
    view: {
      history,
      depth(limit) {
        const rows = (side: 'bid' | 'ask') =>
          venue.book(side, limit).map(({ price, quantity }) => [amountText(price), amountText(quantity)] as const);
        return { lastUpdateId: updateId(), bids: rows('bid'), asks: rows('ask') };
      },
    },
    seek(openTime, at, priced) {
      const index = candles.findIndex((candle) => candle.openTime >= openTime);
      played = index < 0 ? candles.length : index;
      points = candles[played]?.openTime === openTime ? at : 0;
      const before = candles[played - 1];
      if (priced && before) venue.moveTo({ ...pathPoint(before, barMillis, PATH_POINTS - 1), continuous: false });
    },
    opensAt: (openTime) => candles[played]?.openTime === openTime,
    point() {
      const bar = candles[played] as Candle;
      const point = pathPoint(bar, barMillis, points);
      const events = venue.moveTo(point);
      points += 1;
      lastTradeId = venue.takeTradeIds(1);
      // The low is reached by selling, the high by buying: that is who took.
      const buyerIsMaker = points === 2;
      const quantity = Math.max(bar.volume / PATH_POINTS, Number(venue.rules.quantityStep));
      publisher.trade({ id: lastTradeId, price: point.price, quantity, at: point.at, buyerIsMaker });
      publisher.book(updateId(), point.at);
      publisher.klines(history, point.at, false, points, lastTradeId);
      return events;
    },
    close() {
      publisher.klines(history, closeOf(candles[played] as Candle), true, PATH_POINTS, lastTradeId);
      played += 1;
      points = 0;
    },
    flatten(bars) {
      const first = points === 0 ? played : played + 1;
      const price = candles[first - 1]?.close ?? candles[first]?.open ?? 0;
      for (let index = first; index < Math.min(first + bars, candles.length); index++) {
        const { openTime } = candles[index] as Candle;
        candles[index] = { openTime, open: price, high: price, low: price, close: price, volume: 0 };
      }
    },
    flush: () => publisher.flush(),
  };
}
