import { requiredHistory } from '../features/feature-set.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';
import type { AnalystMemory, LoadedModel } from './analyst-memory.ts';
import type { FedRows } from './feature-feed.ts';
import { closesOf, joinCloses } from './recent-closes.ts';

/** Candles read at most in one analysis, the history that features need included. */
export const MAX_CANDLES = 1_000;

export interface RowsRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly now: EpochMillis;
  /** Open time of the first bar wanted. */
  readonly first: number;
}

export interface NewRows extends FedRows {
  /** Wanted bars too old to be read together with the history they need. */
  readonly skipped: number;
}

/**
 * Reads closed bars from `first` on, and computes their rows.
 *
 * Where the feed in memory ends just before `first`, only the bars since are read; otherwise a new feed begins with enough history, which gives the same bits.
 */
export async function readNewRows(
  request: RowsRequest,
  model: LoadedModel,
  memory: AnalystMemory,
  marketData: MarketData,
): Promise<NewRows> {
  const { symbol, timeframe, now, first } = request;
  const barMillis = timeframeMillis(timeframe);
  const newest = Math.floor(now / barMillis) * barMillis - barMillis;
  const oldest = newest - (MAX_CANDLES - 1) * barMillis;
  const nothing: NewRows = { bars: [], rows: new Float32Array(), skipped: 0 };
  if (first > newest) return nothing;

  const read = async (since: number): Promise<readonly Candle[]> => {
    const limit = (newest - since) / barMillis + 1;
    const candles = await marketData.candles({ symbol, timeframe, since: epochMillis(since), limit });
    const closes = closesOf(since, candles);
    if (closes) memory.known = joinCloses(memory.known, closes, barMillis, oldest);
    return candles;
  };

  if (memory.feed?.lastOpen === first - barMillis && first >= oldest) {
    const candles = await read(first);
    if (candles.length === 0) return nothing;
    // Another first bar leaves a hole that the exchange may fill later: a new feed then begins from what it has now.
    if (candles[0]?.openTime === first) return { ...memory.feed.feed(candles, first), skipped: 0 };
  }
  const history = requiredHistory * barMillis;
  const since = Math.max(first - history, oldest);
  const from = Math.max(first, since + history);
  memory.feed = model.newFeed(since);
  return { ...memory.feed.feed(await read(since), from), skipped: (from - first) / barMillis };
}
