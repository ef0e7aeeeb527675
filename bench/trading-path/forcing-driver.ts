import type { FeatureComputer } from '../../src/core/features/feature-computer.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { MarketRules, StreamMessage } from '../../src/core/ports/exchange.ts';
import type { TradingEngine } from '../../src/core/trading/engine.ts';
import type { BarFeatures } from '../../src/core/trading/engine-model.ts';
import { decimal } from '../../src/core/trading/money.ts';
import { intentOf } from '../../src/core/trading/strategy.ts';
import type { ForcedSettings } from './forced-settings.ts';
import type { Sample } from './sample.ts';

const BAR = 60_000;
const TIMEFRAME = timeframe('1m');

export interface ForcingDriver {
  /** The engine's features: the row that the open bar would have if it closed at this trade. */
  readonly features: BarFeatures;
  /** The trade that is being decided on. */
  current(): Sample | undefined;
  /** What has come over the socket. */
  readonly counters: { candles: number; trades: number; bookTops: number };
  /** Every trade that the engine has predicted on. */
  readonly samples: Sample[];
  follow(message: StreamMessage, readAt: number): void;
  /** The engine has done with everything up to this decision, its orders and its journal included. */
  done(barClose: number): void;
}

/**
 * Makes the engine decide on every trade, as if the open bar closed there, and order on every `everyNth` that finds it with nothing else to do.
 *
 * A bar's real decision comes once a minute, to an idle engine; those here come so often that they would meet each other.
 */
export function createForcingDriver(
  options: {
    readonly symbol: string;
    readonly history: readonly Candle[];
    readonly everyNth: number;
    /** Only every so many trades are decided on: with many markets as many a second as with one. */
    readonly decideEvery: number;
    readonly settings: ForcedSettings;
    readonly rules: MarketRules;
    readonly engine: () => TradingEngine;
  },
  computer: FeatureComputer,
): ForcingDriver {
  const { symbol, settings, engine } = options;
  const samples: Sample[] = [];
  const waiting: Sample[] = [];
  const closings: Candle[] = [];
  let current: Sample | undefined;
  let doneUpTo = 0;
  let open: Candle | undefined;
  let sinceOrder = 0;
  let trades = 0;
  const counters = { candles: 0, trades: 0, bookTops: 0 };
  let bookSeen = false;
  // Each decision is one of a bar of its own to the engine, so that no two orders have one name.
  let engineTime = 0;

  for (const candle of options.history) {
    computer.close(candle);
    engineTime = candle.openTime + BAR;
    doneUpTo = engineTime;
  }

  function gather(price: number, quantity: number, at: number): Candle {
    const openTime = epochMillis(Math.floor(at / BAR) * BAR);
    open =
      open?.openTime === openTime
        ? {
            ...open,
            high: Math.max(open.high, price),
            low: Math.min(open.low, price),
            close: price,
            volume: open.volume + quantity,
          }
        : { openTime, open: price, high: price, low: price, close: price, volume: quantity };
    return open;
  }

  function closeUpTo(openTime: number): void {
    while (closings[0] && closings[0].openTime < openTime) computer.close(closings.shift() as Candle);
  }

  function decide(message: StreamMessage & { kind: 'trade' }, readAt: number, parsedAt: number): void {
    const bar = gather(message.price.toNumber(), message.quantity.toNumber(), message.at);
    sinceOrder += 1;
    const idle = doneUpTo === engineTime && engine().isIdle;
    const forced = bookSeen && idle && sinceOrder >= options.everyNth;
    const { receivedAt } = message;
    const sample: Sample = {
      index: trades++,
      bar,
      forced,
      readAt,
      receivedAt,
      parsedAt,
      takenAt: 0,
      featuresAt: 0,
      predictedAt: 0,
      submittedAt: 0,
      writtenAt: 0,
    };
    waiting.push(sample);
    const candle = { ...bar, openTime: epochMillis(engineTime) };
    engineTime += BAR;
    if (forced) {
      sinceOrder = 0;
      const { quantity } = engine().account.position;
      // By the engine's own rule: what a partial fill leaves may be too little to sell, and then it has to buy.
      const mark = decimal(String(bar.close));
      const canSell = intentOf('flat', quantity, mark, mark, settings.sell.strategy, options.rules) !== undefined;
      engine().accept({ kind: 'settings', settings: canSell ? settings.sell : settings.buy });
    }
    engine().accept({
      kind: 'candle',
      symbol,
      timeframe: TIMEFRAME,
      candle,
      closed: true,
      at: epochMillis(engineTime),
      receivedAt,
    });
    if (forced) engine().accept({ kind: 'settings', settings: settings.hold });
  }

  return {
    samples,
    counters,
    current: () => current,
    features: {
      preview: (candle) => computer.preview(candle),
      close() {
        const sample = waiting.shift() as Sample;
        current = sample;
        closeUpTo(sample.bar.openTime);
        sample.takenAt = performance.now();
        const row = computer.preview(sample.bar);
        sample.featuresAt = performance.now();
        samples.push(sample);
        return row;
      },
    },
    follow(message, readAt) {
      const parsedAt = performance.now();
      if (message.kind === 'trade') {
        counters.trades += 1;
        engine().accept(message);
        if (counters.trades % options.decideEvery === 0) decide(message, readAt, parsedAt);
        else gather(message.price.toNumber(), message.quantity.toNumber(), message.at);
        return;
      }
      if (message.kind === 'candle') {
        if (!message.closed) {
          engine().accept(message);
          return;
        }
        counters.candles += 1;
        closings.push(message.candle);
        if (waiting.length === 0) closeUpTo(message.candle.openTime + BAR);
        return;
      }
      if (message.kind === 'book-top') counters.bookTops += 1;
      bookSeen ||= message.kind === 'book-top';
      engine().accept(message);
    },
    done(barClose) {
      doneUpTo = barClose;
    },
  };
}
