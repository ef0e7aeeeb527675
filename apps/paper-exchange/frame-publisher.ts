import type { Candle } from '../../src/core/market-data/candle.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { BarHistory } from './bar-history.ts';
import type { Faults } from './faults.ts';
import { bookTopFrame, depthFrame, klineFrame, type PublicTrade, tradeFrame } from './market-frames.ts';
import type { MarketStreams, SentFrames } from './market-streams.ts';
import { amountText } from './order-answers.ts';

/** A bar as it might have been told before it was put right. */
function revised(bar: Candle, by: number): Candle {
  const close = bar.close * (1 + by);
  return { ...bar, close, high: Math.max(bar.high, close), low: Math.min(bar.low, close) };
}

/** Gathers the frames of a market while it moves, and sends them when the move has been saved. */
export interface FramePublisher {
  trade(trade: PublicTrade): void;
  /** The book as the venue has it now. */
  book(updateId: number, at: number): void;
  /** A recorded frame as it is; made only where somebody listens. */
  raw(stream: string, data: () => string): void;
  /** Klines of every interval somebody listens to; `closing`: the market's own bar ends, and longer ones that end with it. */
  klines(history: BarHistory, at: number, closing: boolean, trades: number, lastTradeId: number): void;
  flush(): void;
}

type Counter = 'candles' | 'trades' | 'bookTops';

interface Frame {
  readonly stream: string;
  readonly data: string;
  readonly counter: Counter | undefined;
}

/**
 * @param sent counted on; shared by the publishers of all markets
 * @param tally closing klines that somebody listens for, sent or kept back by a fault
 */
export function createFramePublisher(
  symbolId: string,
  streams: MarketStreams,
  venue: Venue,
  sent: SentFrames,
  tally: { closings: number },
  faults: Pick<Faults, 'meetCandle' | 'later'>,
): FramePublisher {
  const prefix = symbolId.toLowerCase();
  const waiting: Frame[] = [];
  const lastLevels = { bid: new Set<string>(), ask: new Set<string>() };

  function put(stream: string, counter: Counter | undefined, build: () => string): void {
    if (streams.has(stream)) waiting.push({ stream, counter, data: build() });
  }

  function publish({ stream, data, counter }: Frame): void {
    if (streams.publish(stream, data) > 0 && counter) sent[counter] += 1;
  }

  /** The frame that ends a bar, with what is scripted to happen to it. */
  function putClosing(stream: string, interval: string, bar: Candle, frame: (of: Candle) => string): void {
    tally.closings += 1;
    const fault = faults.meetCandle(symbolId, interval);
    if (fault?.kind === 'drop-candle') return;
    const closing: Frame = { stream, counter: 'candles', data: frame(bar) };
    if (fault?.kind === 'late-candle') {
      faults.later(fault.ms, () => publish(closing));
      return;
    }
    if (fault?.kind === 'revise-candle') waiting.push({ ...closing, data: frame(revised(bar, fault.by)) });
    waiting.push(closing);
    if (fault?.kind === 'duplicate-candle') waiting.push(closing);
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
      put(stream, counterOf(stream), data);
    },
    klines(bars, at, closing, trades, lastTradeId) {
      for (const stream of streams.names()) {
        if (!stream.startsWith(`${prefix}@kline_`)) continue;
        const interval = stream.slice(prefix.length + '@kline_'.length);
        const millis = bars.intervalMillis(interval);
        if (millis === undefined) continue;
        const bar = bars.open(millis);
        const ends = closing && bars.open().openTime + bars.barMillis === bar.openTime + millis;
        const frame = (of: Candle) =>
          klineFrame(symbolId, at, of, { interval, millis, closed: ends, trades, lastTradeId });
        if (ends) putClosing(stream, interval, bar, frame);
        else put(stream, undefined, () => frame(bar));
      }
    },
    flush() {
      for (const frame of waiting) publish(frame);
      waiting.length = 0;
    },
  };
}
