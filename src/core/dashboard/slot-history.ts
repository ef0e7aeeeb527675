import { keys, sortable } from '../ledger-keys.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import type { MarketRules } from '../ports/exchange.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { Decimal } from '../trading/money.ts';
import { type Books, bookFill, EMPTY_BOOKS } from './books.ts';
import type { DecisionMark } from './decision-mark.ts';
import { type EquityPoint, equityAt, strideFor, thinned } from './equity-curve.ts';
import { readAll } from './read-all.ts';
import { readFirstMark, readNewestMarks, sampleMarks } from './read-marks.ts';
import { parseFill, type StoredFill } from './stored-fill.ts';

/** The past of a slot as far as a page shows it. */
export interface SlotHistory {
  /** The newest decisions, oldest first. */
  readonly marks: readonly DecisionMark[];
  readonly books: Books;
  /** Over the slot's whole life, oldest first. */
  readonly equity: readonly EquityPoint[];
}

export interface SlotHistoryReader {
  /** Reads what is new and returns everything. Calls must not overlap. */
  refresh(budget: Decimal): Promise<SlotHistory>;
}

export interface SlotHistoryLimits {
  readonly marks: number;
  readonly trades: number;
  readonly points: number;
}

/** A fill may be written after the decisions that follow it, so the newest bars are computed again each time. */
const UNSETTLED_BARS = 60;

interface Settled {
  /** Bars that closed up to here, and fills executed up to here, are in. */
  readonly through: number;
  readonly books: Books;
  /** What the equity was computed from, so that another budget needs no new reading. */
  readonly points: readonly Snapshot[];
}

interface Snapshot {
  readonly at: number;
  readonly close: number;
  readonly books: Pick<Books, 'quoteFlow' | 'position'>;
}

/**
 * Follows a slot's decisions and fills: the first call reads all fills, a few hundred samples of the decisions and the newest of them; later calls only
 * what came since. Memory and work of a call do not grow with the slot's age.
 */
export function createSlotHistory(slot: SlotId, ledger: LedgerReader, limits: SlotHistoryLimits): SlotHistoryReader {
  const { symbols, timeframe } = parseSlotId(slot);
  const [base, quote] = (symbols[0] as string).split('/') as [string, string];
  const rules = { base, quote };
  const barMillis = timeframeMillis(timeframe);
  let marks: readonly DecisionMark[] = [];
  let first: number | undefined;
  let settled: Settled = { through: -1, books: EMPTY_BOOKS, points: [] };

  const follow = async (): Promise<readonly DecisionMark[]> => {
    const newest = marks.at(-1)?.barClose;
    // The newest known one is read again: a trader that restarts may decide the same bar anew.
    const fresh = await readNewestMarks(ledger, slot, newest ?? 0, limits.marks);
    const joined = fresh[0] && fresh[0].barClose === newest;
    return joined ? [...marks.slice(0, -1), ...fresh].slice(-limits.marks) : fresh;
  };

  return {
    async refresh(budget) {
      marks = await follow();
      const last = marks.at(-1);
      if (!last) return { marks, books: EMPTY_BOOKS, equity: [] };
      first ??= (await readFirstMark(ledger, slot, 0))?.barClose ?? last.barClose;
      const stride = strideFor(last.barClose - first, barMillis, limits.points);
      const unread = marks.filter(({ barClose }) => barClose > settled.through);
      const gap = { from: settled.through + 1, to: (unread[0] as DecisionMark).barClose - 1, stride };
      const news = [...(await sampleMarks(ledger, slot, gap)), ...unread];
      const { table, pk } = keys.fill(slot, 0, '');
      const fills: StoredFill[] = [];
      for await (const item of readAll(ledger, { table, pk, from: sortable(settled.through + 1) })) {
        fills.push(parseFill(item));
      }
      const replay = { rules, stride, keep: limits.trades };
      settled = replayed(settled, fills, news, last.barClose - UNSETTLED_BARS * barMillis, replay);
      const now = replayed(settled, fills, news, Number.POSITIVE_INFINITY, replay);
      const equity = now.points.map(({ at, close, books }) => ({
        at,
        equity: equityAt(books, budget, close).toFixed(),
        close,
      }));
      return { marks, books: now.books, equity };
    },
  };
}

/** The state after all fills and bars of the news that are not yet in, up to a time. */
function replayed(
  settled: Settled,
  fills: readonly StoredFill[],
  news: readonly DecisionMark[],
  to: number,
  {
    rules,
    stride,
    keep,
  }: { readonly rules: Pick<MarketRules, 'base' | 'quote'>; readonly stride: number; readonly keep: number },
): Settled {
  if (to <= settled.through) return settled;
  const due = (at: number) => at > settled.through && at <= to;
  const pending = fills.filter(({ executedAt }) => due(executedAt));
  let { books } = settled;
  let next = 0;
  const bookUntil = (at: number) => {
    for (let fill = pending[next]; fill && fill.executedAt <= at; fill = pending[++next])
      books = bookFill(books, fill, rules, keep);
  };
  const points: Snapshot[] = [];
  for (const { barClose, close } of news) {
    if (!due(barClose)) continue;
    bookUntil(barClose);
    points.push({ at: barClose, close, books: { quoteFlow: books.quoteFlow, position: books.position } });
  }
  bookUntil(to);
  return { through: to, books, points: thinned([...settled.points, ...points], stride) };
}
