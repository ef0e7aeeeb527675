import { describe, expect, it } from 'vitest';
import { readOverview } from '../../../src/core/dashboard/overview.ts';
import { createSlotHistory } from '../../../src/core/dashboard/slot-history.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { halt } from '../../../src/core/trading/trading-state.ts';
import { waveBars } from '../../support/listed-market.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';
import { openSeededSlot, SEEDED_SLOT } from '../../support/seeded-slot.ts';

const venue = { paper: true, label: 'Paper exchange, replayed market' };
const clock = manualClock();

async function overviewOf(ledger: MemoryLedger) {
  const history = await createSlotHistory(SEEDED_SLOT, ledger, { marks: 100, trades: 10, points: 50 }).refresh(
    decimal('10000'),
  );
  return readOverview({ slot: SEEDED_SLOT, venue, history, now: clock.now() }, ledger);
}

async function traded() {
  const ledger = createMemoryLedger();
  const slot = await openSeededSlot(ledger, clock);
  const candles = waveBars(30);
  await slot.candidate('run-1', 0.53);
  for (const [i, candle] of candles.entries()) {
    await slot.bar(candle, {
      probability: 0.55,
      ...(i === 5 || i === 25 ? { order: 'buy' } : i === 15 ? { order: 'sell' } : {}),
    });
  }
  return { ledger, slot, last: candles.at(-1) };
}

describe('the overview', () => {
  it('says of a new slot who it is and that nothing has begun', async () => {
    expect(await overviewOf(createMemoryLedger())).toEqual({
      slot: {
        id: SEEDED_SLOT,
        account: 'paper',
        strategy: 'trend',
        symbol: 'BTC/USDT',
        base: 'BTC',
        quote: 'USDT',
        timeframe: '1m',
      },
      venue,
      trading: { state: 'ACTIVE', reason: 'never restricted', by: 'ares', since: 0 },
      market: null,
      account: null,
      model: null,
      trader: null,
    });
  });

  it('adds up: equity is budget, realised and unrealised profit', async () => {
    const { ledger, slot, last } = await traded();
    const { account, market, model } = await overviewOf(ledger);
    expect(market).toEqual({ time: slot.marketTime(), close: last?.close, probability: 0.55, signal: 'hold' });
    expect(model).toMatchObject({ runId: 'run-1', metrics: { accuracy: 0.53 } });
    if (!account) throw new Error('there must be an account');
    const sum = decimal(account.budget).plus(account.realisedPnl).plus(account.unrealisedPnl);
    expect(sum.minus(account.equity).abs().lte('0.00000002')).toBe(true);
    expect(account).toMatchObject({
      trades: 3,
      exits: 1,
      feesByAsset: { BTC: expect.any(String), USDT: expect.any(String) },
    });
    expect(account.totalReturn).toBeCloseTo(Number(account.equity) / 10_000 - 1, 9);
    expect(account.drawdown).toBeLessThanOrEqual(0);
    const { quantity, averagePrice, value } = account.position;
    expect(Number(value)).toBeCloseTo(Number(quantity) * (last?.close ?? 0), 6);
    expect(Number(averagePrice) * Number(quantity)).toBeCloseTo(Number(value) - Number(account.unrealisedPnl), 4);
  });

  it('counts a position at its cost before there is a price', async () => {
    const { ledger } = await traded();
    const empty = {
      marks: [],
      books: (
        await createSlotHistory(SEEDED_SLOT, createMemoryLedger(), { marks: 1, trades: 1, points: 1 }).refresh(
          decimal('1'),
        )
      ).books,
      equity: [],
    };
    const { account, market } = await readOverview(
      { slot: SEEDED_SLOT, venue, history: empty, now: clock.now() },
      ledger,
    );
    expect(market).toBeNull();
    expect(account?.unrealisedPnl).toBe('0');
    expect(Number(account?.equity)).toBeCloseTo(10_000 + Number(account?.realisedPnl), 6);
  });

  it('has no average price when nothing is held', async () => {
    const ledger = createMemoryLedger();
    const slot = await openSeededSlot(ledger, clock);
    for (const candle of waveBars(2)) await slot.bar(candle);
    expect((await overviewOf(ledger)).account?.position).toEqual({ quantity: '0', averagePrice: null, value: '0' });
  });

  it('says who halted trading and why', async () => {
    const { ledger, slot } = await traded();
    const request = {
      id: 'h1',
      user: 'ada',
      now: slot.marketTime(),
      sessionId: 's',
      slot: SEEDED_SLOT,
      reason: 'looking into it',
    };
    await halt(request, { ledger });
    expect((await overviewOf(ledger)).trading).toEqual({
      state: 'HALTED',
      reason: 'looking into it',
      by: 'ada',
      since: slot.marketTime(),
    });
  });

  it('presumes a trader dead that has been silent for longer than the configuration allows', async () => {
    const { ledger, slot } = await traded();
    await slot.beat({ at: clock.now() - 15_000 });
    expect((await overviewOf(ledger)).trader).toMatchObject({ alive: true, runId: 'run-1', decisions: 30 });
    await slot.beat({ at: clock.now() - 15_001 });
    expect((await overviewOf(ledger)).trader).toMatchObject({ alive: false, lastSeen: clock.now() - 15_001 });
  });

  it("hears the slot's own trader and no other", async () => {
    const { ledger, slot } = await traded();
    const other = await openSeededSlot(ledger, clock, SEEDED_SLOT.replace('BTC', 'ETH') as SlotId);
    await other.beat();
    expect((await overviewOf(ledger)).trader).toBeNull();
    await slot.beat({ at: clock.now() - 15_001 });
    await other.beat();
    expect((await overviewOf(ledger)).trader).toMatchObject({ alive: false, decisions: 30 });
  });

  it('shows a champion whose record is gone without its figures', async () => {
    const { ledger } = await traded();
    const item = await ledger.get(keys.model(SEEDED_SLOT, 'run-1'));
    await ledger.commit({
      token: 'gone',
      writes: [{ kind: 'delete', key: keys.model(SEEDED_SLOT, 'run-1'), expected: item?.version ?? 0 }],
      audit: [],
      events: [],
    });
    expect((await overviewOf(ledger)).model).toMatchObject({ runId: 'run-1', since: null, metrics: {} });
  });

  it('refuses an account it cannot read, saying whose', async () => {
    const ledger = createMemoryLedger();
    await ledger.append([{ key: keys.account(SEEDED_SLOT), value: { position: 'long' } }]);
    await expect(overviewOf(ledger)).rejects.toMatchObject({
      code: 'LEDGER_ITEM_INVALID',
      data: { slot: SEEDED_SLOT },
    });
  });

  it('has no return on a budget of nothing', async () => {
    const { ledger } = await traded();
    const item = await ledger.get(keys.account(SEEDED_SLOT));
    await ledger.append([{ key: keys.account(SEEDED_SLOT), value: { ...item?.value, peakEquity: '0' } }]);
    expect((await overviewOf(ledger)).account?.drawdown).toBe(0);
  });
});
