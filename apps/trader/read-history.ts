import { requiredHistory } from '../../src/core/features/feature-set.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';

export interface History {
  readonly candles: readonly Candle[];
  /** No candle from this time on is missing but for those the market itself does not have. */
  readonly completeSince: number;
}

/** Twice the history that features need, so that the newest bar has a row also after a gap. */
export async function readHistory(
  symbol: string,
  timeframe: Timeframe,
  exchange: Pick<Exchange, 'candles'>,
): Promise<History> {
  const newest = (await exchange.candles({ symbol, timeframe, limit: 1 })).at(-1);
  if (!newest) return { candles: [], completeSince: Number.POSITIVE_INFINITY };
  const since = epochMillis(newest.openTime - (2 * requiredHistory - 1) * timeframeMillis(timeframe));
  // A bar more than were there a moment ago: one may have closed since.
  return {
    candles: await exchange.candles({ symbol, timeframe, since, limit: 2 * requiredHistory + 1 }),
    completeSince: since,
  };
}
