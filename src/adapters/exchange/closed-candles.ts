import type { Candle } from '../../core/market-data/candle.ts';
import type { EpochMillis } from '../../core/ports/clock.ts';
import type { CandleRow } from './candle-row.ts';

/** Rows oldest first: from `startTime` on, or the newest up to `endTime`. */
export type CandlePage = (request: {
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit: number;
}) => Promise<readonly CandleRow[]>;

/** As many as Binance gives at a time. */
const PAGE = 1_000;

/**
 * Closed bars only, in as many pages as it takes.
 *
 * A bar is closed when its last millisecond lies before the market's own time. `marketTime` must have been read *before* the first page:
 * read afterwards, a bar could close between the two and pass as closed with the values it had while open. Clocks have no say in it: in a replay
 * market time is not wall time.
 *
 * @param page asks for one page of bars of one market and timeframe
 */
export async function closedCandles(
  page: CandlePage,
  marketTime: number,
  request: { readonly since?: EpochMillis; readonly limit: number },
): Promise<readonly Candle[]> {
  const isClosed = (row: CandleRow) => row.closeTime < marketTime;
  const rows =
    request.since === undefined
      ? await newest(page, isClosed, request.limit)
      : await from(page, isClosed, request.since, request.limit);
  return rows.map((row) => row.candle);
}

async function from(
  page: CandlePage,
  isClosed: (row: CandleRow) => boolean,
  since: number,
  limit: number,
): Promise<CandleRow[]> {
  const rows: CandleRow[] = [];
  let startTime = since;
  while (rows.length < limit) {
    const size = Math.min(PAGE, limit - rows.length);
    const got = await page({ startTime, limit: size });
    rows.push(...got.filter(isClosed));
    const last = got.at(-1);
    if (last === undefined || got.length < size || !isClosed(last)) break;
    startTime = last.closeTime + 1;
  }
  return rows;
}

async function newest(page: CandlePage, isClosed: (row: CandleRow) => boolean, limit: number): Promise<CandleRow[]> {
  let rows: CandleRow[] = [];
  let endTime: number | undefined;
  while (rows.length < limit) {
    // One more than asked for, because the newest bar is usually open.
    const size = Math.min(PAGE, limit - rows.length + 1);
    const got = await page({ limit: size, ...(endTime === undefined ? {} : { endTime }) });
    rows = [...got.filter(isClosed), ...rows];
    const first = got[0];
    if (first === undefined || got.length < size) break;
    endTime = first.candle.openTime - 1;
  }
  return rows.slice(-limit);
}
