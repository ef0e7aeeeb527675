import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { BookTop } from '../../src/core/simulation/order-book.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { VenueEvent } from '../../src/core/simulation/venue-order.ts';
import { createBarHistory } from './bar-history.ts';
import { createDepthBook } from './depth-book.ts';
import type { RecordedFrames } from './frame-file.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';

const MINUTE = 60_000;

interface FramePlayerOptions {
  readonly frames: RecordedFrames;
  readonly symbol: string;
  /** Where an earlier run stopped. */
  readonly position: MarketPosition | undefined;
  readonly venue: Venue;
  readonly publisher: FramePublisher;
  readonly record: (events: readonly VenueEvent[]) => void;
}

interface Recorded {
  readonly stream: string;
  readonly data: Record<string, unknown>;
}

/** Plays recorded frames as they are, gathers their trades to one-minute bars, and keeps the venue at the recorded best prices. */
export function createFramePlayer({
  frames,
  symbol,
  position,
  venue,
  publisher,
  record,
}: FramePlayerOptions): MarketPlayer {
  const { texts, times, startedAt } = frames;
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
      if (live) publisher.klines(history, partial.openTime + MINUTE, true, tradesInBar, lastTradeId);
      bars.push(partial);
      partial = undefined;
    }
    const bar = partial ?? { openTime, open: price, high: price, low: price, close: price, volume: 0 };
    tradesInBar = partial ? tradesInBar + 1 : 1;
    const volume = Number((bar.volume + quantity).toFixed(8));
    partial = { ...bar, high: Math.max(bar.high, price), low: Math.min(bar.low, price), close: price, volume };
    return ended;
  }

  function moveVenue(volume: number): readonly VenueEvent[] {
    const price = partial?.close ?? bars.at(-1)?.close ?? top?.bid;
    if (price === undefined) return [];
    return venue.moveTo({ at: epochMillis(now), price, volume, continuous: false, ...(top ? { top } : {}) });
  }

  /** Plays one frame; it is not `live` while catching up with what an earlier run had played. */
  function play(live: boolean): { readonly events: readonly VenueEvent[]; readonly barEnded: boolean } {
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
    if (!live) return { events: [], barEnded };
    const events = isTrade || isTop ? moveVenue(isTrade ? Number(data.q) : 0) : [];
    publisher.raw(stream, text.slice(text.indexOf('"data":') + '"data":'.length, -1));
    if (isTrade) publisher.klines(history, now, false, tradesInBar, lastTradeId);
    return { events, barEnded };
  }

  while (played < Math.min(position?.played ?? 0, texts.length)) play(false);

  return {
    history,
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
    depth: (limit) => depth.top(limit),
    next() {
      if (played >= texts.length) return 0;
      const { events, barEnded } = play(true);
      // Writing at every frame would cost more than the frame; orders and minutes are what must not be lost.
      if (events.length > 0 || barEnded || played === texts.length) record(events);
      publisher.flush();
      return (times[played] ?? 0) - (times[played - 1] ?? 0);
    },
    bar() {
      if (played >= texts.length) return undefined;
      const events: VenueEvent[] = [];
      let barEnded = false;
      while (!barEnded && played < texts.length) {
        const step = play(true);
        events.push(...step.events);
        barEnded = step.barEnded;
      }
      record(events);
      publisher.flush();
      return barEnded && partial ? partial.openTime : epochMillis(now);
    },
  };
}
