import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { mergeBars } from '../../src/core/simulation/longer-bars.ts';

/** Every interval Binance spot serves that is a fixed number of milliseconds, from a minute up. */
const INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '3d': 259_200_000,
};

interface KlineQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
}

/** The bars of one market up to now: closed ones, and the one that is open. */
export interface BarHistory {
  readonly barMillis: number;
  /** Milliseconds of an interval that can be served from these bars. */
  intervalMillis(interval: string): number | undefined;
  /**
   * The open bar: flat at the last close until its first price. Longer intervals gather the bars since their start.
   */
  open(intervalMillis?: number): Candle;
  /** Bars of an interval, oldest first, the open one last. `from` and `to` bound the open time, both inclusive. */
  query(intervalMillis: number, query: KlineQuery): readonly Candle[];
}

/** The first index whose bar opens at or after `time`. */
function lowerBound(bars: readonly Candle[], count: number, time: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle] as Candle).openTime < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param source the bars closed so far come first in `bars`; `partial` is the open one, once it has a price */
export function createBarHistory(
  barMillis: number,
  source: { readonly bars: readonly Candle[]; closed(): number; partial(): Candle | undefined },
): BarHistory {
  const { bars } = source;

  function open(): Candle {
    const partial = source.partial();
    if (partial) return partial;
    const last = bars[source.closed() - 1];
    const price = last?.close ?? bars[0]?.open ?? 0;
    const openTime = last ? last.openTime + barMillis : (bars[0]?.openTime ?? 0);
    return { openTime: epochMillis(openTime), open: price, high: price, low: price, close: price, volume: 0 };
  }

  /** Base bars that open in a span, the open bar included. */
  function between(from: number, to: number): Candle[] {
    const closed = source.closed();
    const rows = bars.slice(lowerBound(bars, closed, from), lowerBound(bars, closed, to + 1));
    const last = open();
    if (last.openTime >= from && last.openTime <= to && last.open > 0) rows.push(last);
    return rows;
  }

  function query(interval: number, { from, to, limit }: KlineQuery): readonly Candle[] {
    const lastStart = Math.floor(Math.min(to ?? Number.POSITIVE_INFINITY, open().openTime) / interval) * interval;
    const firstStart = from === undefined ? lastStart - (limit - 1) * interval : Math.ceil(from / interval) * interval;
    if (interval === barMillis) {
      const rows = between(firstStart, lastStart);
      return from === undefined ? rows.slice(-limit) : rows.slice(0, limit);
    }
    const groups = new Map<number, Candle[]>();
    for (const bar of between(firstStart, lastStart + interval - 1)) {
      const start = Math.floor(bar.openTime / interval) * interval;
      const group = groups.get(start);
      if (group) group.push(bar);
      else if (groups.size === limit) break;
      else groups.set(start, [bar]);
    }
    return [...groups].map(([start, group]) => mergeBars(start, group));
  }

  return {
    barMillis,
    intervalMillis(interval) {
      const millis = INTERVALS[interval];
      return millis !== undefined && millis >= barMillis && millis % barMillis === 0 ? millis : undefined;
    },
    open(interval = barMillis) {
      if (interval === barMillis) return open();
      const start = Math.floor(open().openTime / interval) * interval;
      return mergeBars(start, between(start, start + interval - 1));
    },
    query,
  };
}
