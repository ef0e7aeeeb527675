import { AresError } from '../../core/ares-error.ts';

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

/** Below any id the exchange gives. */
const FIRST_ID = '1';

/**
 * All rows created at or after `since`, oldest first, and perhaps some before.
 *
 * Every row is read twice, by two ways: in the newest page and in pages by id that follow to the end. An exchange that left some out of one of them is found out,
 * and a history that may lack an order is none: an order nobody knows of is one that nobody cancels. Pages by id leave no gap between them, while times
 * of equal milliseconds would; where the newest page does not reach back to `since`, its first id is found by windows of a day.
 *
 * @param page asks for one page of one market
 * @throws AresError `EXCHANGE_UNAVAILABLE` when the pages do not agree
 */
export async function historySince<Row extends HistoryRow>(
  page: HistoryPage<Row>,
  since: number,
): Promise<readonly Row[]> {
  const newest = ascending(await page({ limit: HISTORY_PAGE }), FIRST_ID);
  const start = await startOf(page, newest, since);
  const rows = await fromIdOn(page, start);
  const [oldest, last] = [newest[0], newest.at(-1)];
  const from = newest.length < HISTORY_PAGE || oldest === undefined || isBefore(oldest.id, start) ? start : oldest.id;
  // What came between the two is in the later one only.
  const both = ({ id }: Row) => !isBefore(id, from) && (last === undefined || !isBefore(last.id, id));
  const [byAge, byId] = [newest.filter(both), rows.filter(both)];
  if (byAge.length !== byId.length || byAge.some((row, index) => row.id !== byId[index]?.id)) {
    const held = `held ${byAge.length} and ${byId.length}`;
    throw incomplete(`the newest page and those by id must hold the same rows from ${from} on, ${held}`);
  }
  return rows;
}

/** The id that reading by id begins with, so that nothing since then lies before it. */
async function startOf<Row extends HistoryRow>(
  page: HistoryPage<Row>,
  newest: readonly Row[],
  since: number,
): Promise<string> {
  const oldest = newest[0];
  if (oldest === undefined || newest.length < HISTORY_PAGE) return FIRST_ID;
  if (oldest.createdAt < since) return (newest.find((row) => row.createdAt >= since) ?? newest.at(-1) ?? oldest).id;
  return (await firstIdSince(page, since, oldest.createdAt)) ?? oldest.id;
}

async function fromIdOn<Row extends HistoryRow>(page: HistoryPage<Row>, id: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let fromId = id; ; ) {
    const got = ascending(await page({ fromId, limit: HISTORY_PAGE }), fromId);
    rows.push(...got);
    const last = got.at(-1);
    if (last === undefined || got.length < HISTORY_PAGE) return rows;
    fromId = String(BigInt(last.id) + 1n);
  }
}

const isBefore = (a: string, b: string): boolean => BigInt(a) < BigInt(b);

function ascending<Row extends HistoryRow>(rows: readonly Row[], fromId: string): readonly Row[] {
  let least = BigInt(fromId);
  for (const { id } of rows) {
    if (BigInt(id) < least) throw incomplete(`ids of a page must ascend from ${fromId}, ${id} came out of turn`);
    least = BigInt(id) + 1n;
  }
  return rows;
}

const incomplete = (what: string): AresError =>
  new AresError('EXCHANGE_UNAVAILABLE', `a history must be complete: ${what}`, { because: 'incomplete' });

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
