import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createExposure } from '../../../src/core/risk/exposure.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { equityOf } from '../../../src/core/trading/slot-account.ts';
import { BAR, bar, scriptedModel, slot, startEngine } from '../../support/engine-harness.ts';

const top = (receivedAt: number) =>
  ({
    kind: 'book-top',
    symbol: 'BTC/USDT',
    bid: price('39999.5'),
    ask: price('40000.5'),
    bidQuantity: quantity('1'),
    askQuantity: quantity('1'),
    receivedAt,
  }) as const;
const closed = (
  index: number,
  receivedAt: number,
  over: { symbol?: string; timeframe?: string; close?: number } = {},
) =>
  ({
    kind: 'candle',
    symbol: over.symbol ?? 'BTC/USDT',
    timeframe: (over.timeframe ?? '1m') as Timeframe,
    candle: bar(index, over.close ?? 40_000),
    at: epochMillis((index + 1) * BAR),
    closed: true,
    receivedAt,
  }) as const;

describe('silence of the market', () => {
  it('cancels entries and asks for a halt once, until data comes again', async () => {
    const halts: string[] = [];
    const { engine } = await startEngine({ onHalt: (reason) => halts.push(reason) });
    const limit = DEFAULT_CONFIG.risk.haltAfterDataSilenceMs;
    const tick = (now: number) => engine.accept({ kind: 'tick', now });
    engine.accept(top(1_000));
    tick(1_000 + limit - 1);
    expect(halts).toEqual([]);
    tick(1_000 + limit);
    tick(2_000 + limit);
    expect(halts).toEqual([`no market data of BTC/USDT for ${limit} ms`]);
    engine.accept(top(3_000 + limit));
    tick(3_000 + 2 * limit);
    expect(halts).toHaveLength(2);
  });

  it('counts from the first tick where nothing was ever heard, and other markets say nothing of this one', async () => {
    const halts: string[] = [];
    const { engine } = await startEngine({ onHalt: (reason) => halts.push(reason) });
    const limit = DEFAULT_CONFIG.risk.haltAfterDataSilenceMs;
    engine.accept({ kind: 'tick', now: 5_000 });
    engine.accept({ ...top(4_000 + limit), symbol: 'ETH/USDT' });
    engine.accept({ kind: 'tick', now: 4_999 + limit });
    expect(halts).toEqual([]);
    engine.accept({ kind: 'tick', now: 5_000 + limit });
    expect(halts).toHaveLength(1);
  });
});

describe('the feed of a line', () => {
  it('is its own symbol and timeframe', async () => {
    const { engine, decisions } = await startEngine({});
    engine.accept(closed(1, 0, { symbol: 'ETH/USDT' }));
    engine.accept(closed(1, 0, { timeframe: '5m' }));
    await engine.idle();
    expect(decisions).toEqual([]);
    expect(engine.counters.bookTops).toBe(0);
  });

  it('is read on when its connection is back: the newest bar is decided once, the older only fed', async () => {
    const fed: number[] = [];
    const { engine, decisions } = await startEngine({
      monotonic: { now: () => 5_000 },
      features: {
        close: (candle) => {
          fed.push(candle.openTime / BAR);
          return new Float32Array([1]);
        },
      },
      tamper: () => ({
        candles: async ({ since }) =>
          [2, 3, 4].map((index) => bar(index)).filter(({ openTime }) => openTime >= (since ?? 0)),
      }),
    });
    engine.accept(closed(1, 0));
    engine.accept({ kind: 'connection', state: 'down', channel: 'market', reason: 'test' });
    engine.accept({
      kind: 'trade',
      symbol: 'BTC/USDT',
      price: price('40000'),
      quantity: quantity('1'),
      at: epochMillis(5 * BAR + 1_000),
      receivedAt: 5_000,
    });
    engine.accept({ kind: 'connection', state: 'up', channel: 'market', reason: 'test' });
    await engine.idle();
    expect(fed).toEqual([1, 2, 3, 4]);
    expect(decisions.map(({ barClose }) => barClose / BAR)).toEqual([2, 5]);
    engine.accept(closed(4, 5_000));
    engine.accept(closed(5, 5_000));
    await engine.idle();
    expect(decisions.map(({ barClose }) => barClose / BAR)).toEqual([2, 5, 6]);
  });

  it('that lacked a bar too old to trade on only feeds it', async () => {
    const { engine, decisions } = await startEngine({
      monotonic: { now: () => 5_000 },
      tamper: () => ({ candles: async () => [bar(2)] }),
    });
    engine.accept(closed(1, 0));
    engine.accept({ kind: 'connection', state: 'down', channel: 'market', reason: 'test' });
    engine.accept({
      kind: 'trade',
      symbol: 'BTC/USDT',
      price: price('40000'),
      quantity: quantity('1'),
      at: epochMillis(3 * BAR + DEFAULT_CONFIG.risk.staleDataMs + 1),
      receivedAt: 5_000,
    });
    engine.accept({ kind: 'connection', state: 'up', channel: 'market', reason: 'test' });
    await engine.idle();
    expect(decisions.map(({ barClose }) => barClose / BAR)).toEqual([2]);
    expect(engine.marketTime).toBe(3 * BAR);
  });

  it('is asked for again when it cannot be read, and then the engine gives up', async () => {
    let fails = 3;
    const candles = async () => {
      if (fails-- > 0) throw new Error('503');
      return [bar(2)];
    };
    const patient = await startEngine({ tamper: () => ({ candles }) });
    patient.engine.accept(closed(1, 0));
    patient.engine.accept(closed(3, 0));
    await patient.engine.idle();
    expect(patient.decisions.map(({ barClose }) => barClose / BAR)).toEqual([2, 4]);
    fails = 99;
    patient.engine.accept(closed(9, 0));
    await patient.engine.idle();
    expect(patient.fatal).toMatchObject([{ message: '503' }]);
  });
});

describe('the limits of pace', () => {
  it('count a minute of monotonic time, not of bars', async () => {
    let now = 0;
    const { engine, decisions, exchange } = await startEngine({
      monotonic: { now: () => now },
      model: scriptedModel((n) => (n % 2 === 0 ? 0.9 : 0.1)),
      config: { risk: { ...DEFAULT_CONFIG.risk, maxOrdersPerMinute: 1, staleDataMs: 1_000_000 } },
    });
    const play = async (index: number, at: number) => {
      now = at;
      exchange.play(bar(index));
      await engine.idle();
      return decisions.at(-1);
    };
    await play(1, 180_000);
    await play(2, 182_000);
    expect(await play(3, 239_999)).toMatchObject({ action: 'refused', side: 'buy' });
    expect(decisions.at(-1)?.reason).toMatch(/^order-rate/);
    await play(4, 240_000);
    expect(await play(5, 240_001)).toMatchObject({ action: 'order', side: 'buy' });
  });
});

describe('money that comes and goes', () => {
  it('changes the baseline once, and neither profit nor the marks of risk', async () => {
    const { engine, play, transferred } = await startEngine({ model: scriptedModel(() => 0.9) });
    await play(bar(1));
    const before = engine.account;
    const deposit = { id: 'd1', asset: 'USDT', amount: decimal('5000'), at: epochMillis(1) };
    const other = { id: 'd2', asset: 'ETH', amount: decimal('3'), at: epochMillis(1) };
    const { revision } = engine.snapshot();
    engine.accept({ kind: 'transfers', transfers: [deposit, other, deposit] });
    engine.accept({
      kind: 'transfers',
      transfers: [deposit, { ...deposit, id: 'w1', asset: 'BTC', amount: decimal('-0.5') }],
    });
    expect(transferred.map(({ id }) => id)).toEqual(['d1', 'w1']);
    expect(engine.snapshot().revision).toBeGreaterThan(revision);
    const { baseline, ...rest } = engine.account;
    expect([baseline.quote, baseline.base].map((each) => each.toFixed())).toEqual(['15000', '-0.5']);
    const { baseline: _before, ...same } = before;
    expect(rest).toEqual(same);
    const mark = decimal('41000');
    expect(equityOf(engine.account, decimal('10000'), mark)).toEqual(equityOf(before, decimal('10000'), mark));
  });

  it('is shared by the lines of an account: one buys with what the others leave', async () => {
    const funds = createExposure();
    funds.set('other' as SlotId, decimal('-9000'));
    const { play, decisions, inputs } = await startEngine({ model: scriptedModel(() => 0.9), funds });
    await play(bar(1));
    expect(inputs[0]?.freeQuote.toFixed()).toBe('1000');
    expect(Number(decisions[0]?.quantity) * 40_000).toBeLessThanOrEqual(1_000);
    expect(funds.ofOthers('other' as SlotId).toNumber()).toBeLessThan(9_001 + 50);
  });

  it('at stake is told to the other lines, and theirs bounds this one', async () => {
    const exposure = createExposure();
    const { play } = await startEngine({ model: scriptedModel(() => 0.9), exposure });
    await play(bar(1));
    expect(exposure.ofOthers('other' as SlotId).toNumber()).toBeCloseTo(9_490, -1);
    const full = createExposure();
    full.set('other' as SlotId, decimal('39000'));
    const bounded = await startEngine({ model: scriptedModel(() => 0.9), exposure: full });
    await bounded.play(bar(1));
    expect(bounded.decisions[0]?.reason).toMatch(/^gross-notional/);
    expect(full.ofOthers(slot).toFixed()).toBe('39000');
  });
});

describe('an end in the middle', () => {
  it('of a prediction sends nothing and writes nothing any more', async () => {
    const predicted = Promise.withResolvers<number>();
    const { predictor, ...model } = scriptedModel(() => 0.9);
    const { engine, exchange, intents, decisions, fatal } = await startEngine({
      model: { ...model, predictor: { ...predictor, predict: () => predicted.promise } },
    });
    exchange.play(bar(1));
    engine.stop();
    predicted.resolve(0.9);
    await engine.idle();
    expect([intents, decisions, fatal]).toEqual([[], [], []]);
  });

  it('is told apart from an order that rests: the bar is done, and the engine idle', async () => {
    const { play, engine, done } = await startEngine({
      model: scriptedModel(() => 0.9),
      config: { exits: DEFAULT_CONFIG.exits },
    });
    await play(bar(1));
    expect(engine.snapshot().openOrders).toMatchObject([{ leg: 'stop_loss' }]);
    expect([engine.isIdle, done]).toEqual([true, [2 * BAR]]);
  });

  it('decides without a turn of the event loop where nothing is awaited', async () => {
    const { predictor, ...model } = scriptedModel(() => 0.9);
    const { exchange, decisions, intents } = await startEngine({
      model: { ...model, predictor: { ...predictor, predict: () => 0.9 } },
    });
    exchange.play(bar(1));
    expect([decisions.length, intents.length]).toEqual([1, 1]);
  });
});

describe('losses in a row', () => {
  it('keep the line from entering for a while, by round trips and not by orders', async () => {
    const { play, engine, decisions } = await startEngine({
      config: {
        risk: { ...DEFAULT_CONFIG.risk, maxConsecutiveLosses: 2, coolDownMinutes: 30, maxOrdersPerMinute: 99 },
      },
    });
    for (const [index, close] of [40_000, 39_900, 39_900, 39_800].entries()) await play(bar(index + 1, close));
    expect(engine.account.consecutiveLosses).toBe(2);
    expect(engine.account.coolDownUntil).toBeGreaterThan(30 * BAR);
    await play(bar(5, 39_800));
    expect(decisions.at(-1)?.reason).toMatch(/^cool-down/);
  });

  it('end with a round trip that earned', async () => {
    const { play, engine } = await startEngine();
    for (const [index, close] of [40_000, 39_900, 39_900, 41_000].entries()) await play(bar(index + 1, close));
    expect(engine.account).toMatchObject({ consecutiveLosses: 0, coolDownUntil: 0, holding: null });
    expect(engine.account.tripPnl.toFixed()).toBe('0');
  });
});
