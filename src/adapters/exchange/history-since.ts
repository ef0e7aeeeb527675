/** An order or a trade with what paging needs of it. */
export interface HistoryRow {
  /** Whole number as text; grows with time. */
  readonly id: string;
  /** When it was created, in milliseconds. */
  readonly createdAt: number;
}

/** Rows oldest first: those from an id on, those created in a window (at most 24 hours long), or the newest. */
export type HistoryPage<Row> = (
  request:
    | { readonly fromId: string; readonly limit: number }
    | { readonly startTime: number; readonly endTime: number; readonly limit: number }
    | { readonly limit: number },
) => Promise<readonly Row[]>;

/** As many as Binance gives at a time. */
const HISTORY_PAGE = 1_000;
const WINDOW_MS = 86_400_000;

/**
 * All rows created at or after `since`, oldest first, and perhaps some before.
 *
 * The newest page is usually enough. When it is not, the first id at or after `since` is found by windows of a day, and pages by id follow to the end:
 * ids leave no gap between pages, while times of equal milliseconds would.
 *
 * @param page asks for one page of one market
 */
export async function historySince<Row extends HistoryRow>(
  page: HistoryPage<Row>,
  since: number,
): Promise<readonly Row[]> {
  const newest = await page({ limit: HISTORY_PAGE });
  const oldestOfNewest = newest[0];
  if (oldestOfNewest === undefined || newest.length < HISTORY_PAGE || oldestOfNewest.createdAt < since) return newest;
  const rows: Row[] = [];
  let fromId = (await firstIdSince(page, since, oldestOfNewest.createdAt)) ?? oldestOfNewest.id;
  for (;;) {
    const got = await page({ fromId, limit: HISTORY_PAGE });
    rows.push(...got);
    const last = got.at(-1);
    if (last === undefined || got.length < HISTORY_PAGE) return rows;
    fromId = String(BigInt(last.id) + 1n);
  }
}

async function firstIdSince<Row extends HistoryRow>(
  page: HistoryPage<Row>,
  since: number,
  until: number,
): Promise<string | undefined> {
  for (let startTime = since; startTime <= until; startTime += WINDOW_MS) {
    const [first] = await page({ startTime, endTime: startTime + WINDOW_MS - 1, limit: HISTORY_PAGE });
    if (first) return first.id;
  }
  return undefined;
}
