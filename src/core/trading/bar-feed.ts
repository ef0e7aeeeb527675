import type { Candle } from '../market-data/candle.ts';
import { createCandleIntake } from '../market-data/candle-intake.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import { createBarReader } from './bar-reader.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { EngineOptions, EnginePorts } from './engine-options.ts';
import type { MarketWatch } from './market-watch.ts';
import { type Decimal, decimalOf, ZERO } from './money.ts';

/** Closed bars of one feed, each fed to the features once and in the order of time, missing ones read by REST. */
export interface BarFeed {
  /** Of the newest bar; 0 before the first. */
  readonly close: Decimal;
  /** History: fed, and nothing else. */
  seed(candles: readonly Candle[]): void;
  /** A message has said what time it is on the exchange. */
  heardTime(at: EpochMillis, receivedAt: number): void;
  /** Until the open bar closes, by the exchange's clock, in milliseconds; infinite before anything is known. */
  untilClose(receivedAt: number): number;
  take(candle: Candle, at: EpochMillis, receivedAt: number): Promise<void> | undefined;
  /** Reads what the market did while the connection was down, so that a bar is not decided only when the next one comes. */
  readMissed(): Promise<void>;
}

export interface BarFeedListener {
  /** A bar that is not decided: it came too late for that. */
  passed(candle: Candle): void;
  /** A bar to decide, with its features; valid until the next bar. */
  closed(candle: Candle, row: Float32Array | undefined, receivedAt: number): Promise<void> | undefined;
}

export function createBarFeed(
  options: Pick<EngineOptions, 'rules' | 'timeframe' | 'features'>,
  line: {
    readonly counters: EngineCounters;
    readonly market: MarketWatch;
    /** Oldest bar, and oldest book, that something is decided on. */
    readonly staleMs: () => number;
  },
  ports: Pick<EnginePorts, 'exchange' | 'timers' | 'log' | 'monotonic'>,
  listener: BarFeedListener,
): BarFeed {
  const { features, rules, timeframe } = options;
  const { counters, market, staleMs } = line;
  const barMillis = timeframeMillis(timeframe);
  const intake = createCandleIntake({ timeframe });
  const reader = createBarReader({ symbol: rules.symbol, timeframe }, ports, counters);
  let close = ZERO;
  let known: { readonly at: number; readonly receivedAt: number } | undefined;

  const feed = (candle: Candle): Float32Array | undefined => {
    const book = features.needsBook === false ? undefined : market.bookTop(ports.monotonic.now(), staleMs());
    const row = features.close(candle, book);
    close = decimalOf(candle.close);
    counters.lastBarClose = candle.openTime + barMillis;
    return row;
  };
  const catchUp = (candles: readonly Candle[]): void => {
    for (const candle of candles) {
      if (!intake.seed(candle)) continue;
      feed(candle);
      listener.passed(candle);
    }
  };
  const decided = (candle: Candle, receivedAt: number): Promise<void> | undefined => {
    if (candle.volume === 0) counters.zeroVolumeCandles += 1;
    return listener.closed(candle, feed(candle), receivedAt);
  };
  /** How long ago a bar closed, by the exchange's clock. */
  const ageOf = (candle: Candle): number =>
    known
      ? known.at + (ports.monotonic.now() - known.receivedAt) - (candle.openTime + barMillis)
      : Number.POSITIVE_INFINITY;

  return {
    get close() {
      return close;
    },
    seed(candles) {
      for (const candle of candles) if (intake.seed(candle)) feed(candle);
    },
    heardTime(at, receivedAt) {
      known = { at, receivedAt };
    },
    untilClose(receivedAt) {
      if (!known || counters.lastBarClose === 0) return Number.POSITIVE_INFINITY;
      return counters.lastBarClose + barMillis - (known.at + (receivedAt - known.receivedAt));
    },
    take(candle, at, receivedAt) {
      counters.candles += 1;
      const taken = intake.take(candle, at);
      switch (taken.outcome) {
        case 'duplicate':
          counters.duplicateCandles += 1;
          return undefined;
        case 'revised':
          counters.revisedCandles += 1;
          return undefined;
        case 'late':
          counters.lateCandles += 1;
          return undefined;
        case 'refused':
          counters.refusedCandles += 1;
          ports.log.warn('a bar was refused', { reason: taken.reason });
          return undefined;
        case 'gap':
          counters.missingCandles += taken.missing;
          return reader.read(taken.since, taken.missing).then((missed) => {
            catchUp(missed);
            return decided(candle, receivedAt);
          });
        case 'next':
          return decided(candle, receivedAt);
      }
    },
    async readMissed() {
      if (intake.newest === undefined) return;
      const missed = await reader.read(epochMillis(intake.newest + barMillis), undefined);
      const last = missed.at(-1);
      if (!last) return;
      counters.missingCandles += missed.length;
      catchUp(missed.slice(0, -1));
      // A bar too old to trade on only feeds; the age is asked for what it must be.
      if (!(ageOf(last) <= staleMs())) {
        catchUp([last]);
        return;
      }
      counters.candles += 1;
      if (intake.take(last).outcome === 'next') await decided(last, ports.monotonic.now());
    },
  };
}
