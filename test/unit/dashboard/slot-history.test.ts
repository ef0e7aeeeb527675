import { describe, expect, it } from 'vitest';
import { equityAt, strideFor, thinned } from '../../../src/core/dashboard/equity-curve.ts';
import { createSlotHistory } from '../../../src/core/dashboard/slot-history.ts';
import { tradeRows } from '../../../src/core/dashboard/trade-row.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { LedgerReader } from '../../../src/core/ports/ledger.ts';
import { fillToRecord } from '../../../src/core/trading/ledger-journal.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { equityOf } from '../../../src/core/trading/slot-account.ts';
import { waveBars } from '../../support/listed-market.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { openSeededSlot, SEEDED_SLOT } from '../../support/seeded-slot.ts';

const LIMITS = { marks: 100, trades: 20, points: 50 };
const BUDGET = decimal('10000');

/** A slot that buys and sells by turns, every 7th bar. */
async function tradedSlot(bars: number) {
  const ledger = createMemoryLedger();
  const slot = await openSeededSlot(ledger, manualClock());
  const candles = waveBars(bars);
  const equities = new Map<number, string>();
  let done = 0;
  const trade = async (until: number): Promise<void> => {
    for (; done < until; done++) {
      const candle = candles[done];
      if (!candle) throw new Error('the test must have candles enough');
      const order = done % 14 === 7 ? 'buy' : done % 14 === 0 && done > 0 ? 'sell' : undefined;
      await slot.bar(candle, { ...(order ? { order } : {}), parts: 1 + (done % 3) });
      equities.set(
        slot.marketTime(),
        equityOf(slot.account(), BUDGET, decimal(String(candle.close)))
          .round(8)
          .toFixed(),
      );
    }
  };
  return { ledger, slot, trade, equities };
}

function counting(ledger: LedgerReader): LedgerReader & { queries: number; items: number } {
  const counter = {
    queries: 0,
    items: 0,
    get: (key: Parameters<LedgerReader['get']>[0]) => ledger.get(key),
    async query(query: Parameters<LedgerReader['query']>[0]) {
      const page = await ledger.query(query);
      counter.queries += 1;
      counter.items += page.items.length;
      return page;
    },
  };
  return counter;
}

describe('the history of a slot', () => {
  it('is empty before the first decision', async () => {
    const history = await createSlotHistory(SEEDED_SLOT, createMemoryLedger(), LIMITS).refresh(BUDGET);
    expect(history.marks).toEqual([]);
    expect(history.equity).toEqual([]);
    expect(history.books.trades.size).toBe(0);
  });

  it('gives at every bar but one with an order the equity that the books of the trader give', async () => {
    const { ledger, trade, equities } = await tradedSlot(60);
    await trade(60);
    const { equity } = await createSlotHistory(SEEDED_SLOT, ledger, { ...LIMITS, points: 60 }).refresh(BUDGET);
    expect(equity).toHaveLength(60);
    const parted = [7, 14, 21, 28, 35, 42, 49, 56].map((bar) => bar % 3 > 0);
    expect(parted).toContain(true);
    for (const [i, point] of equity.entries()) {
      // An order's later parts come after the bar's close, where the trader's own mark has them already.
      if (i % 7 === 0) continue;
      expect(point.equity).toBe(equities.get(point.at));
    }
  });

  it('ends with the sums of the trader, whether read at once or bar by bar', async () => {
    const { ledger, slot, trade } = await tradedSlot(400);
    const following = createSlotHistory(SEEDED_SLOT, ledger, LIMITS);
    for (let bars = 3; bars < 400; bars += 3) {
      await trade(bars);
      await following.refresh(BUDGET);
    }
    await trade(400);
    const followed = await following.refresh(BUDGET);
    const fresh = await createSlotHistory(SEEDED_SLOT, ledger, LIMITS).refresh(BUDGET);
    const account = slot.account();
    for (const { books } of [followed, fresh]) {
      expect(books.quoteFlow.toFixed()).toBe(account.quoteFlow.toFixed());
      expect(books.position.quantity.toFixed()).toBe(account.position.quantity.toFixed());
      expect(books.position.cost.toFixed()).toBe(account.position.cost.toFixed());
      expect(books.exits).toBe(28);
    }
    expect(followed.books).toEqual(fresh.books);
    expect(followed.equity).toEqual(fresh.equity);
    expect(followed.marks).toEqual(fresh.marks);
    expect(followed.marks).toHaveLength(100);
    expect(followed.equity.length).toBeLessThanOrEqual(52);
  });

  it('takes in a fill that is written after the decisions that follow it', async () => {
    const { ledger, slot, trade } = await tradedSlot(40);
    await trade(6);
    const late = {
      symbol: 'BTC/USDT',
      tradeId: 'late',
      exchangeOrderId: '1',
      side: 'buy' as const,
      price: price('40000'),
      quantity: quantity('0.1'),
      fee: decimal('4'),
      feeAsset: 'USDT',
      executedAt: slot.marketTime(),
    };
    await trade(7);
    const history = createSlotHistory(SEEDED_SLOT, ledger, LIMITS);
    expect((await history.refresh(BUDGET)).books.trades.size).toBe(0);
    await ledger.append([fillToRecord(SEEDED_SLOT, late, 'late-order')]);
    const { books, equity } = await history.refresh(BUDGET);
    expect(books.quoteFlow.toFixed()).toBe('-4004');
    expect(equity.at(-1)?.equity).toBe(equityAt(books, BUDGET, equity.at(-1)?.close ?? 0).toFixed());
  });

  it('reads a long past by samples, and after that only what is new', async () => {
    const { ledger, trade } = await tradedSlot(1_010);
    await trade(1_000);
    const reader = counting(ledger);
    const history = createSlotHistory(SEEDED_SLOT, reader, LIMITS);
    await history.refresh(BUDGET);
    expect(reader.items).toBeLessThan(100 + 50 + 1_000 / 3);
    reader.queries = 0;
    reader.items = 0;
    await trade(1_002);
    const { equity } = await history.refresh(BUDGET);
    expect(reader.queries).toBeLessThanOrEqual(4);
    expect(reader.items).toBeLessThan(30);
    expect(equity.at(-1)?.at).toBeGreaterThan(equity.at(-2)?.at ?? 0);
  });

  it('goes on after a pause longer than what it keeps', async () => {
    const { ledger, slot, trade } = await tradedSlot(500);
    await trade(20);
    const history = createSlotHistory(SEEDED_SLOT, ledger, LIMITS);
    await history.refresh(BUDGET);
    await trade(500);
    const { marks, books, equity } = await history.refresh(BUDGET);
    expect(marks).toHaveLength(100);
    expect(books.quoteFlow.toFixed()).toBe(slot.account().quoteFlow.toFixed());
    const gaps = equity.slice(2).map((point, i) => point.at - (equity[i + 1]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * strideFor(499 * 60_000, 60_000, LIMITS.points));
  });

  it('remembers as many trades as it is told to, and counts all', async () => {
    const { ledger, trade } = await tradedSlot(400);
    await trade(400);
    const history = await createSlotHistory(SEEDED_SLOT, ledger, LIMITS).refresh(BUDGET);
    expect(history.books.trades.size).toBe(20);
    expect(history.books.exits).toBe(28);
    const rows = tradeRows(history, 5);
    expect(rows).toHaveLength(5);
    expect(rows.at(-1)).toMatchObject({ side: expect.stringMatching(/buy|sell/), runId: null });
    const sold = rows.find(({ side }) => side === 'sell');
    expect(Number(sold?.notional)).toBeCloseTo(Number(sold?.averagePrice) * Number(sold?.quantity), 6);
    expect(rows.find(({ side }) => side === 'buy')?.realisedPnl).toBeNull();
  });

  it('names the item that cannot be read', async () => {
    const ledger = createMemoryLedger();
    await ledger.append([{ key: keys.decision(SEEDED_SLOT, 60_000), value: { barClose: 'noon' } }]);
    await expect(createSlotHistory(SEEDED_SLOT, ledger, LIMITS).refresh(BUDGET)).rejects.toMatchObject({
      code: 'LEDGER_ITEM_INVALID',
      message: expect.stringContaining(`decisions#${SEEDED_SLOT}/000000000060000`),
    });
  });
});

describe('thinning', () => {
  const points = Array.from({ length: 100 }, (_, i) => ({ at: i * 60_000 }));

  it('keeps the first of each cell and the newest', () => {
    expect(thinned(points, 240_000).map(({ at }) => at / 60_000)).toEqual([
      ...Array.from({ length: 25 }, (_, i) => i * 4),
      99,
    ]);
  });

  it('gives the same from what a finer grid kept as from everything', () => {
    expect(thinned(thinned(points, 240_000), 480_000)).toEqual(thinned(points, 480_000));
  });

  it('takes a grid of powers of two of bars, the finest that has cells few enough', () => {
    expect(strideFor(99 * 60_000, 60_000, 100)).toBe(60_000);
    expect(strideFor(101 * 60_000, 60_000, 100)).toBe(120_000);
    expect(strideFor(100_000 * 60_000, 60_000, 400)).toBe(256 * 60_000);
  });
});
