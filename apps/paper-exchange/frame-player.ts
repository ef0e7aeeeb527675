import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { BookTop } from '../../src/core/simulation/order-book.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import { createBarHistory } from './bar-history.ts';
import { createDepthBook } from './depth-book.ts';
import type { RecordedFrames } from './frame-file.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';
import type { MarketEvents } from './store.ts';

const MINUTE = 60_000;

/** One market that plays the frames. */
interface FrameMarket {
  readonly symbolId: string;
  readonly venue: Venue;
  readonly publisher: FramePublisher;
}

interface FramePlayerOptions {
  readonly frames: RecordedFrames;
  /** The recorded market first; the others play its frames under their own names. */
  readonly markets: readonly [FrameMarket, ...FrameMarket[]];
  /** What they are called. */
  readonly symbol: string;
  /** Where an earlier run stopped. */
  readonly position: MarketPosition | undefined;
  readonly record: (moves: readonly MarketEvents[]) => void;
}

interface Recorded {
  readonly stream: string;
  readonly data: Record<string, unknown>;
}

/** Plays recorded frames as they are, gathers their trades to one-minute bars, and keeps the venue at the recorded best prices. */
export function createFramePlayer({ frames, markets, symbol, position, record }: FramePlayerOptions): MarketPlayer {
  const { texts, times, startedAt } = frames;
  const [{ symbolId: recordedId }] = markets;
  const bars: Candle[] = [];
  const depth = createDepthBook();
  let partial: Candle | undefined;
  let tradesInBar = 0;
  let lastTradeId = 0;
  let top: BookTop | undefined;
  let now = startedAt;
  let played = 0;

  const history = createBarHistory(MINUTE, { bars, closed: () => bars.length, partial: () => partial });

  /** Puts a trade into its minute; returns whether that ended the minute before. */
  function gather(price: number, quantity: number, at: number, live: boolean): boolean {
    const openTime = epochMillis(Math.floor(at / MINUTE) * MINUTE);
    const ended = partial !== undefined && partial.openTime < openTime;
    if (ended && partial) {
      if (live) {
        for (const { publisher } of markets) {
          publisher.klines(history, partial.openTime + MINUTE, true, tradesInBar, lastTradeId);
        }
      }
      bars.push(partial);
      partial = undefined;
    }
    const bar = partial ?? { openTime, open: price, high: price, low: price, close: price, volume: 0 };
    tradesInBar = partial ? tradesInBar + 1 : 1;
    const volume = Number((bar.volume + quantity).toFixed(8));
    partial = { ...bar, high: Math.max(bar.high, price), low: Math.min(bar.low, price), close: price, volume };
    return ended;
  }

  function moveVenues(volume: number): readonly MarketEvents[] {
    const price = partial?.close ?? bars.at(-1)?.close ?? top?.bid;
    if (price === undefined) return [];
    const point = { at: epochMillis(now), price, volume, traded: volume, continuous: false, ...(top ? { top } : {}) };
    return markets.map(({ symbolId, venue }) => ({ symbolId, events: venue.moveTo(point) }));
  }

  /** Hands a frame to each market, under its name. */
  function publish(stream: string, text: string): void {
    const kind = stream.slice(stream.indexOf('@'));
    const data = () => text.slice(text.indexOf('"data":') + '"data":'.length, -1);
    for (const { symbolId, publisher } of markets) {
      const own = () => data().replace(`"s":"${recordedId}"`, `"s":"${symbolId}"`);
      publisher.raw(symbolId.toLowerCase() + kind, symbolId === recordedId ? data : own);
    }
  }

  /** Plays one frame; it is not `live` while catching up with what an earlier run had played. */
  function play(live: boolean): { readonly moves: readonly MarketEvents[]; readonly barEnded: boolean } {
    const text = texts[played] as string;
    const { stream, data } = JSON.parse(text) as Recorded;
    played += 1;
    if (typeof data.E === 'number') now = Math.max(now, data.E);
    const isTrade = stream.endsWith('@trade');
    const isTop = stream.endsWith('@bookTicker');
    let barEnded = false;
    if (isTrade) {
      barEnded = gather(Number(data.p), Number(data.q), data.T as number, live);
      lastTradeId = data.t as number;
    } else if (isTop) {
      top = { bid: Number(data.b), bidQuantity: Number(data.B), ask: Number(data.a), askQuantity: Number(data.A) };
    } else if (stream.includes('@depth')) {
      depth.apply(data as unknown as Parameters<typeof depth.apply>[0]);
    }
    if (!live) return { moves: [], barEnded };
    const moves = isTrade || isTop ? moveVenues(isTrade ? Number(data.q) : 0) : [];
    publish(stream, text);
    if (isTrade) {
      for (const { publisher } of markets) publisher.klines(history, now, false, tradesInBar, lastTradeId);
    }
    return { moves, barEnded };
  }

  function flush(): void {
    for (const { publisher } of markets) publisher.flush();
  }

  while (played < Math.min(position?.played ?? 0, texts.length)) play(false);

  return {
    views: new Map(markets.map(({ symbolId }) => [symbolId, { history, depth: (limit: number) => depth.top(limit) }])),
    market: `${symbol} frames ${startedAt} ${texts.length}`,
    time: () => epochMillis(now),
    position: () => ({ played, points: 0 }),
    progress: () => ({
      index: played - 1,
      barsTotal: texts.length,
      remaining: texts.length - played,
      firstLive: 0,
      firstLiveTime: startedAt,
    }),
    next() {
      if (played >= texts.length) return 0;
      const { moves, barEnded } = play(true);
      // Writing at every frame would cost more than the frame; orders and minutes are what must not be lost.
      if (barEnded || played === texts.length || moves.some(({ events }) => events.length > 0)) record(moves);
      flush();
      return (times[played] ?? 0) - (times[played - 1] ?? 0);
    },
    bar() {
      if (played >= texts.length) return undefined;
      const moves: MarketEvents[] = [];
      let barEnded = false;
      while (!barEnded && played < texts.length) {
        const step = play(true);
        moves.push(...step.moves.filter(({ events }) => events.length > 0));
        barEnded = step.barEnded;
      }
      record(moves);
      flush();
      return barEnded && partial ? partial.openTime : epochMillis(now);
    },
  };
}
