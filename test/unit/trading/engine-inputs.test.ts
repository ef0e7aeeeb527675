import { describe, expect, it } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import type { EngineModel } from '../../../src/core/trading/engine-model.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { BAR, bar, onlyOrder, scriptedModel, slot, startEngine } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { newExchange, startSlotTrader } from '../../support/slot-trader.ts';

const closed = (index: number, receivedAt = 0, close = 40_000) =>
  ({
    kind: 'candle',
    symbol: 'BTC/USDT',
    timeframe: '1m' as Timeframe,
    candle: bar(index, close),
    at: epochMillis((index + 1) * BAR),
    closed: true,
    receivedAt,
  }) as const;
const bookAt = (close: number) =>
  ({
    kind: 'book-top',
    symbol: 'BTC/USDT',
    bid: price(String(close - 0.5)),
    ask: price(String(close + 0.5)),
    bidQuantity: quantity('1'),
    askQuantity: quantity('1'),
    receivedAt: 0,
  }) as const;

type Asked = Parameters<Exchange['candles']>[0];

/** An engine whose clock is set by hand and whose missed bars are asked for here. */
async function atHand(options: Parameters<typeof startEngine>[0] = {}) {
  const asked: Asked[] = [];
  const fed: number[] = [];
  const clock = { now: 0 };
  const harness = await startEngine({
    monotonic: { now: () => clock.now },
    features: {
      close: (candle) => {
        fed.push(candle.openTime / BAR);
        return new Float32Array([1]);
      },
    },
    tamper: () => ({
      candles: async (request) => {
        asked.push(request);
        return [];
      },
    }),
    ...options,
  });
  const tell = async (...messages: Parameters<typeof harness.engine.accept>[0][]) => {
    for (const message of messages) harness.engine.accept(message);
    await harness.engine.idle();
  };
  return { ...harness, asked, fed, clock, tell };
}

describe('bars that the engine is given', () => {
  it('are asked for only when some are missing, and then from the first missing one on', async () => {
    const { tell, asked, engine } = await atHand();
    await tell(closed(100), closed(101));
    expect(asked).toEqual([]);
    await tell(closed(104));
    expect(asked).toEqual([{ symbol: 'BTC/USDT', timeframe: '1m', since: 102 * BAR, limit: 2 }]);
    expect(engine.counters.missingCandles).toBe(2);
  });

  it('are asked for a thousand at most, however long the feed was away', async () => {
    const { tell, asked, engine } = await atHand();
    await tell(closed(1), closed(5_000));
    expect(asked.map(({ limit }) => limit)).toEqual([1_000]);
    expect(engine.counters.missingCandles).toBe(4_998);
  });

  it('as history only warm the features up, each once, and the first bar after them is no gap', async () => {
    const { engine, fed, decisions, tell, asked } = await atHand();
    engine.seed([bar(1), bar(2), bar(2), bar(1), bar(3)]);
    expect(fed).toEqual([1, 2, 3]);
    expect(engine.marketTime).toBe(4 * BAR);
    expect(decisions).toEqual([]);
    await tell(closed(3), closed(4));
    expect(fed).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([]);
    expect(decisions.map(({ barClose }) => barClose)).toEqual([5 * BAR]);
  });

  it('tell market time', async () => {
    const { engine, tell } = await atHand();
    expect(engine.marketTime).toBe(0);
    await tell(closed(9));
    expect(engine.marketTime).toBe(10 * BAR);
  });

  it('reach the model as its columns of the row, in its order', async () => {
    const seen: number[][] = [];
    const scripted = scriptedModel(() => 0.5);
    const model: EngineModel = {
      ...scripted,
      columns: [2, 0],
      predictor: {
        ...scripted.predictor,
        predict: async (row) => {
          seen.push([...row]);
          return 0.5;
        },
      },
    };
    const { tell } = await atHand({ model, features: { close: () => Float32Array.of(5, 6, 7) } });
    await tell(closed(1));
    expect(seen).toEqual([[7, 5]]);
  });

  it('are decided on whole: who decided, with what, and what came of it', async () => {
    const { tell, decisions } = await atHand({ model: scriptedModel(() => 0.9) });
    await tell(bookAt(40_000), closed(1));
    expect(decisions).toEqual([
      {
        barClose: 2 * BAR,
        close: 40_000,
        runId: 'run-1',
        modelHash: 'a'.repeat(64),
        probability: 0.9,
        signal: 'long',
        action: 'order',
        reason: '',
        exitCause: null,
        clientOrderId: clientOrderId({ slot, barClose: epochMillis(2 * BAR), leg: 'entry', attempt: 0, epoch: 1 }),
        side: 'buy',
        quantity: '0.2375',
      },
    ]);
  });

  it('are decided on as nothing where there is no model', async () => {
    const { tell, decisions } = await atHand({ model: undefined });
    await tell(closed(1));
    expect(decisions).toEqual([
      {
        barClose: 2 * BAR,
        close: 40_000,
        runId: null,
        modelHash: null,
        probability: null,
        signal: null,
        action: 'none',
        reason: 'no model is in production',
        exitCause: null,
        clientOrderId: null,
        side: null,
        quantity: null,
      },
    ]);
  });

  it('are timed from the socket to the decision, in microseconds', async () => {
    const { tell, engine, clock } = await atHand({ model: scriptedModel(() => 0.5) });
    clock.now = 1_007.25;
    await tell(closed(1, 1_000));
    expect(engine.counters.lastDecisionUs).toBe(7_250);
  });
});

describe('what an order is checked against', () => {
  const always = { model: scriptedModel(() => 0.9) };

  it('is market data that is not too old when the decision is made', async () => {
    const { tell, decisions, clock } = await atHand(always);
    clock.now = 10_000;
    await tell(bookAt(40_000), closed(1, 0));
    expect(decisions.at(-1)?.action).toBe('order');
    const stale = await atHand({ model: scriptedModel(() => 0.9) });
    stale.clock.now = 10_001;
    await stale.tell(bookAt(40_000), closed(1, 0));
    expect(stale.decisions.at(-1)?.reason).toBe('stale-data: market data must be at most 10000 ms old, was 10001 ms');
  });

  it('is a book seen since the connection was last lost, on whichever channel', async () => {
    const { tell, decisions } = await atHand({ model: scriptedModel(() => 0.9) });
    await tell(bookAt(40_000), { kind: 'connection', state: 'up', channel: 'market', reason: 'first' }, closed(1));
    expect(decisions.at(-1)?.action).toBe('order');
  });

  it('is the loss since the day began, and a new day begins anew', async () => {
    // Buys, loses a third while it holds, and would buy again.
    const script = [0.9, 0.1, 0.9];
    const { play, decisions } = await startEngine({
      model: scriptedModel((n) => script[n] ?? 0.9),
      config: { risk: { ...DEFAULT_CONFIG.risk, maxDrawdownFraction: 0.9, priceCollarFraction: 0.5 } },
    });
    await play(bar(1));
    await play(bar(2, 30_000));
    await play(bar(3, 30_000));
    expect(decisions.map(({ action }) => action)).toEqual(['order', 'order', 'refused']);
    expect(decisions.at(-1)?.reason).toMatch(/^daily-loss: loss of the day must be below 0.05, was 0.23/);
    await play(bar(1_440, 30_000));
    expect(decisions.at(-1)?.action).toBe('order');
  });

  it('is the fall from the highest equity, over days', async () => {
    const script = [0.9, 0.51, 0.1, 0.9];
    const { play, decisions } = await startEngine({
      model: scriptedModel((n) => script[n] ?? 0.9),
      config: {
        risk: { ...DEFAULT_CONFIG.risk, dailyLossFraction: 1, maxPositionNotional: '50000', maxOrderNotional: '50000' },
      },
    });
    await play(bar(1));
    await play(bar(2, 60_000));
    await play(bar(1_441, 40_000));
    await play(bar(1_442, 40_000));
    expect(decisions.map(({ action }) => action)).toEqual(['order', 'none', 'order', 'refused']);
    expect(decisions.at(-1)?.reason).toMatch(/^drawdown: drawdown must be below 0.2, was 0.3/);
  });

  it('is what the slot holds, at the price of the bar', async () => {
    const { play, decisions } = await startEngine({
      model: scriptedModel(() => 0.9),
      config: { strategy: { ...DEFAULT_CONFIG.strategy, budgetFraction: '0.5' } },
    });
    await play(bar(1, 50_000));
    expect(decisions[0]?.quantity).toBe('0.1');
    await play(bar(2, 50_000));
    expect(decisions[1]).toMatchObject({ action: 'none', side: null, quantity: null });
  });
});

describe('news of an order in flight', () => {
  const never = () => new Promise<never>(() => undefined);

  /** The venue has the order and says nothing of it: what the engine hears is told here. */
  async function silent() {
    const submitted: Parameters<Exchange['submit']>[0][] = [];
    const outcomes: SubmitOutcome[] = [];
    let asked = 0;
    const harness = await startEngine({
      model: scriptedModel(() => 0.9),
      tamper: (venue) => ({
        submit: async (order) => {
          submitted.push(order);
          outcomes.push(await venue.submit(order));
          return never();
        },
        order: async () => {
          asked += 1;
          return never();
        },
      }),
    });
    harness.exchange.play(bar(1));
    const turns = async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns();
    const [outcome] = outcomes;
    if (outcome?.outcome !== 'acknowledged') throw new Error('the venue must take the order');
    return { ...harness, ...outcome, submitted, turns, asked: () => asked };
  }

  it('is enough to book it, report and fills alone', async () => {
    const { engine, report, fills, settled } = await silent();
    for (const fill of fills) engine.accept({ kind: 'fill', fill, receivedAt: 0 });
    expect(onlyOrder(engine)).toMatchObject({ state: 'partially_filled' });
    engine.accept({ kind: 'order', report, receivedAt: 0 });
    await engine.idle();
    expect(settled).toMatchObject([{ order: { state: 'filled' } }]);
  });

  it('may name it only as the exchange does, once that name is known', async () => {
    const { engine, report, fills, settled } = await silent();
    const nameless = fills.map(({ clientOrderId: _withheld, ...fill }) => fill);
    for (const fill of nameless) engine.accept({ kind: 'fill', fill, receivedAt: 0 });
    expect(onlyOrder(engine)).toMatchObject({ state: 'sent' });
    engine.accept({ kind: 'order', report: { ...report, status: 'new', filled: quantity('0') }, receivedAt: 0 });
    for (const fill of nameless) engine.accept({ kind: 'fill', fill, receivedAt: 0 });
    engine.accept({ kind: 'order', report, receivedAt: 0 });
    await engine.idle();
    expect(settled).toMatchObject([{ order: { state: 'filled' } }]);
  });

  it('is asked for when the account channel is back, and at no other change of a connection', async () => {
    const { engine, asked, turns } = await silent();
    const change = async (state: 'up' | 'down', channel: 'market' | 'account') => {
      engine.accept({ kind: 'connection', state, channel, reason: 'test' });
      await turns();
    };
    await change('up', 'market');
    await change('down', 'account');
    expect(asked()).toBe(0);
    await change('up', 'account');
    expect(asked()).toBe(1);
    engine.stop();
  });

  it('ends with the engine: nobody asks for it any more', async () => {
    const { engine, asked, turns } = await silent();
    engine.stop();
    engine.accept({ kind: 'connection', state: 'up', channel: 'account', reason: 'test' });
    await turns();
    expect(asked()).toBe(0);
  });

  it('is asked for no more once the engine is stopped', async () => {
    let asked = 0;
    const { engine, exchange } = await startEngine({
      model: scriptedModel(() => 0.9),
      recvWindowMs: Number.POSITIVE_INFINITY,
      tamper: () => ({
        submit: async () => ({ outcome: 'unknown', reason: 'timeout' }),
        order: async () => {
          asked += 1;
          return undefined;
        },
      }),
    });
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    exchange.play(bar(1));
    await turns(20);
    expect(asked).toBeGreaterThan(2);
    engine.stop();
    const before = asked;
    await turns(20);
    expect(asked).toBeLessThanOrEqual(before + 1);
  });

  it('is of the order that was decided: a market order at the price of the bar', async () => {
    const { engine, submitted } = await silent();
    expect(submitted).toMatchObject([{ symbol: 'BTC/USDT', side: 'buy', type: 'market' }]);
    expect(submitted[0]?.referencePrice.toFixed()).toBe('40000');
    expect(submitted[0]?.quantity.toFixed()).toBe('0.2375');
    engine.stop();
  });
});

describe('the engine', () => {
  it('counts a swap for each model that gave way', async () => {
    const swaps: unknown[] = [];
    const { engine } = await startEngine({ model: undefined });
    expect(engine.model).toBeUndefined();
    const tell = async (runId: string, hash: string) => {
      const model = scriptedModel(() => 0.5, runId, hash);
      await new Promise<void>((swapped) => engine.accept({ kind: 'model', model, swapped }));
      swaps.push([engine.model?.runId, engine.counters.swaps]);
    };
    await tell('run-1', 'a'.repeat(64));
    await tell('run-2', 'b'.repeat(64));
    await tell('run-3', 'c'.repeat(64));
    expect(swaps).toEqual([
      ['run-1', 0],
      ['run-2', 1],
      ['run-3', 2],
    ]);
  });

  it('tells the audit which model gave way to which', async () => {
    const ledger = createMemoryLedger();
    const { engine } = await startSlotTrader(ledger, newExchange(), () => undefined, {
      model: scriptedModel(() => 0.5, 'run-1'),
    });
    const model = scriptedModel(() => 0.5, 'run-2', 'b'.repeat(64));
    await new Promise<void>((swapped) => engine.accept({ kind: 'model', model, swapped }));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const { pk } = auditEntryKey('trading', 1);
    const entries = (await ledger.query({ table: 'audit', pk, limit: 10 })).items.map(({ value }) => value);
    expect(entries.filter(({ eventType }) => eventType === 'ModelSwapped')).toMatchObject([
      { details: { fromRunId: null, toRunId: 'run-1', modelHash: 'a'.repeat(64) } },
      { details: { fromRunId: 'run-1', toRunId: 'run-2', modelHash: 'b'.repeat(64) } },
    ]);
  });

  it('takes nothing more once it is stopped, not even what was waiting', async () => {
    const { engine, decisions, fatal } = await startEngine();
    engine.accept(closed(1));
    engine.accept(closed(2));
    engine.stop();
    engine.accept(closed(3));
    await engine.idle();
    expect(decisions.length).toBeLessThanOrEqual(1);
    expect(engine.counters.candles).toBe(1);
    expect(fatal).toEqual([]);
  });

  it('ends once, and says with what, when a model cannot predict', async () => {
    const fault = new Error('the session is gone');
    const model = scriptedModel(() => {
      throw fault;
    });
    const { engine, fatal, decisions, done } = await startEngine({ model });
    engine.accept(closed(1));
    engine.accept(closed(2));
    await engine.idle();
    expect(fatal).toEqual([fault]);
    expect(engine.counters.errors).toBe(1);
    expect([decisions, done]).toEqual([[], []]);
    engine.accept(closed(3));
    await engine.idle();
    expect(engine.counters.candles).toBe(1);
  });

  it('has the account it was started with until something is booked', async () => {
    const { engine } = await startEngine();
    expect(engine.account.baseline.quote.toFixed()).toBe(decimal('10000').toFixed());
    expect(onlyOrder(engine)).toBeUndefined();
  });
});
