import type { Venue } from '../../src/core/simulation/venue.ts';
import type { BarHistory } from './bar-history.ts';
import { bookTopFrame, depthFrame, klineFrame, type PublicTrade, tradeFrame } from './market-frames.ts';
import type { MarketStreams, SentFrames } from './market-streams.ts';
import { amountText } from './order-answers.ts';

/** Gathers the frames of a market while it moves, and sends them when the move has been saved. */
export interface FramePublisher {
  readonly sent: SentFrames;
  trade(trade: PublicTrade): void;
  /** The book as the venue has it now. */
  book(updateId: number, at: number): void;
  /** A recorded frame as it is. */
  raw(stream: string, data: string): void;
  /** Klines of every interval somebody listens to; `closing`: the market's own bar ends, and longer ones that end with it. */
  klines(history: BarHistory, at: number, closing: boolean, trades: number, lastTradeId: number): void;
  flush(): void;
}

type Counter = keyof SentFrames;

export function createFramePublisher(symbolId: string, streams: MarketStreams, venue: Venue): FramePublisher {
  const prefix = symbolId.toLowerCase();
  const sent: SentFrames = { candles: 0, trades: 0, bookTops: 0 };
  const waiting: { readonly stream: string; readonly data: string; readonly counter: Counter | undefined }[] = [];
  const lastLevels = { bid: new Set<string>(), ask: new Set<string>() };

  function put(stream: string, counter: Counter | undefined, build: () => string): void {
    if (streams.has(stream)) waiting.push({ stream, counter, data: build() });
  }

  const levels = (side: 'bid' | 'ask', limit?: number) =>
    venue.book(side, limit).map(({ price, quantity }) => [amountText(price), amountText(quantity)] as const);

  /** New levels, and zero for those that are gone. */
  function difference(side: 'bid' | 'ask'): readonly (readonly [string, string])[] {
    const now = levels(side);
    const prices = new Set(now.map(([price]) => price));
    const gone = [...lastLevels[side]]
      .filter((price) => !prices.has(price))
      .map((price) => [price, '0.00000000'] as const);
    lastLevels[side] = prices;
    return [...now, ...gone];
  }

  const counterOf = (stream: string): Counter | undefined =>
    stream.endsWith('@trade') ? 'trades' : stream.endsWith('@bookTicker') ? 'bookTops' : undefined;

  return {
    sent,
    trade(trade) {
      put(`${prefix}@trade`, 'trades', () => tradeFrame(symbolId, trade));
    },
    book(updateId, at) {
      put(`${prefix}@bookTicker`, 'bookTops', () => {
        const nothing = ['0.00000000', '0.00000000'] as const;
        return bookTopFrame(symbolId, updateId, levels('bid', 1)[0] ?? nothing, levels('ask', 1)[0] ?? nothing);
      });
      for (const stream of [`${prefix}@depth@100ms`, `${prefix}@depth`]) {
        put(stream, undefined, () =>
          depthFrame(symbolId, at, updateId, updateId, difference('bid'), difference('ask')),
        );
      }
    },
    raw(stream, data) {
      put(stream, counterOf(stream), () => data);
    },
    klines(bars, at, closing, trades, lastTradeId) {
      for (const stream of streams.names()) {
        if (!stream.startsWith(`${prefix}@kline_`)) continue;
        const interval = stream.slice(prefix.length + '@kline_'.length);
        const millis = bars.intervalMillis(interval);
        if (millis === undefined) continue;
        const bar = bars.open(millis);
        const ends = closing && bars.open().openTime + bars.barMillis === bar.openTime + millis;
        const counter = ends && millis === bars.barMillis ? 'candles' : undefined;
        put(stream, counter, () =>
          klineFrame(symbolId, at, bar, { interval, millis, closed: ends, trades, lastTradeId }),
        );
      }
    },
    flush() {
      for (const { stream, data, counter } of waiting) {
        if (streams.publish(stream, data) > 0 && counter) sent[counter] += 1;
      }
      waiting.length = 0;
    },
  };
}
