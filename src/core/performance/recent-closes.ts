import type { Candle } from '../market-data/candle.ts';
import type { KnownCloses } from './match-outcome.ts';

/** What an answer of the exchange tells: every bar from `since` to the last one it gave; `undefined` when it gave none. */
export function closesOf(since: number, candles: readonly Candle[]): KnownCloses | undefined {
  const last = candles.at(-1);
  if (!last) return undefined;
  return { from: since, to: last.openTime, closes: new Map(candles.map(({ openTime, close }) => [openTime, close])) };
}

/** Two stretches as one where the later continues the earlier without a hole, otherwise the later alone; bars before `keepFrom` are forgotten. */
export function joinCloses(
  earlier: KnownCloses | undefined,
  later: KnownCloses,
  barMillis: number,
  keepFrom: number,
): KnownCloses {
  if (!earlier || later.from < earlier.from || later.from > earlier.to + barMillis) return later;
  const kept = [...earlier.closes].filter(([openTime]) => openTime >= keepFrom);
  return {
    from: Math.max(earlier.from, keepFrom),
    to: Math.max(earlier.to, later.to),
    closes: new Map([...kept, ...later.closes]),
  };
}
