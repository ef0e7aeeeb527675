import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { OrderReport, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import { slotTag } from '../../../src/core/trading/client-order-id.ts';
import { engineSettings } from '../../../src/core/trading/engine-settings.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';
import { BAR, bar, onlyOrder, scriptedModel, slot, startEngine } from '../../support/engine-harness.ts';

const never = () => new Promise<never>(() => undefined);

describe('the trading engine', () => {
  it("buys on a long signal, sells on a flat one, and its books are the venue's", async () => {
    const { play, decisions, settled, exchange, engine } = await startEngine();
    await play(bar(1));
    await play(bar(2, 41_000));
    expect(decisions.map((decision) => [decision.action, decision.side])).toEqual([
      ['order', 'buy'],
      ['order', 'sell'],
    ]);
    expect(settled.map(({ order }) => order.state)).toEqual(['filled', 'filled']);
    expect(Number(settled[1]?.realisedPnl)).toBeGreaterThan(0);
    const balances = await exchange.balances();
    expect(engine.account.position.quantity.toFixed()).toBe(balances.get('BTC')?.free.toFixed());
    expect(engine.account.quoteFlow.plus('10000').toFixed()).toBe(balances.get('USDT')?.free.toFixed());
    expect(engine.account.trades).toBe(2);
  });

  it('decides a bar exactly once, however often it closes', async () => {
    const { play, engine, decisions } = await startEngine();
    await play(bar(1));
    for (const candle of [bar(1), bar(1, 50_000), bar(0)]) {
      const at = epochMillis(2 * BAR);
      const timeframe = '1m' as Timeframe;
      engine.accept({ kind: 'candle', symbol: 'BTC/USDT', timeframe, candle, at, closed: true, receivedAt: 0 });
    }
    await engine.idle();
    expect(decisions).toHaveLength(1);
    expect(engine.counters).toMatchObject({
      candles: 4,
      duplicateCandles: 1,
      revisedCandles: 1,
      lateCandles: 1,
      decisions: 1,
    });
  });

  it('decides nothing on open bars and on bars of other symbols', async () => {
    const { engine, decisions } = await startEngine();
    engine.accept({
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m' as Timeframe,
      candle: bar(1),
      at: epochMillis((1 + 1) * BAR),
      closed: false,
      receivedAt: 0,
    });
    engine.accept({
      kind: 'candle',
      symbol: 'ETH/USDT',
      timeframe: '1m' as Timeframe,
      candle: bar(1),
      at: epochMillis((1 + 1) * BAR),
      closed: true,
      receivedAt: 0,
    });
    await engine.idle();
    expect(decisions).toHaveLength(0);
  });

  it('reads missed bars by REST before it decides the next', async () => {
    const fed: number[] = [];
    const { exchange, engine, decisions } = await startEngine({
      features: {
        close: (candle) => {
          fed.push(candle.openTime / BAR);
          return new Float32Array([1]);
        },
      },
      tamper: () => ({ candles: async () => [bar(2), bar(3), bar(4)] }),
    });
    exchange.play(bar(1));
    await engine.idle();
    engine.accept({
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m' as Timeframe,
      candle: bar(4),
      at: epochMillis((4 + 1) * BAR),
      closed: true,
      receivedAt: exchange.now,
    });
    await engine.idle();
    expect(fed).toEqual([1, 2, 3, 4]);
    expect(decisions.map((decision) => decision.barClose / BAR)).toEqual([2, 5]);
    expect(engine.counters.missingCandles).toBe(2);
  });

  it('says why nothing was done: no model, no history, position already there', async () => {
    const withoutModel = await startEngine({ model: undefined });
    await withoutModel.play(bar(1));
    expect(withoutModel.decisions[0]?.reason).toBe('no model is in production');
    const withoutHistory = await startEngine({ features: { close: () => undefined } });
    await withoutHistory.play(bar(1));
    expect(withoutHistory.decisions[0]?.reason).toBe('not enough history for the features');
    const already = await startEngine({ model: scriptedModel(() => 0.9) });
    await already.play(bar(1));
    await already.play(bar(2));
    expect(already.decisions[1]).toMatchObject({
      action: 'none',
      signal: 'long',
      reason: 'the position is where the signal wants it',
    });
  });

  it('does not decide a bar again that had an order before a restart', async () => {
    const { play, decisions, intents } = await startEngine({ decidedBars: new Set([2 * BAR]) });
    await play(bar(1));
    expect(decisions[0]).toMatchObject({ action: 'none', reason: 'an order for this bar was sent before a restart' });
    expect(intents).toHaveLength(0);
  });

  it('sends nothing beyond a risk limit and says which', async () => {
    const { play, decisions, intents } = await startEngine({
      config: { risk: { ...DEFAULT_CONFIG.risk, maxOrderNotional: '100' } },
    });
    await play(bar(1));
    expect(decisions[0]).toMatchObject({ action: 'refused', side: 'buy' });
    expect(decisions[0]?.reason).toMatch(/^order-notional: order must be worth at most 100/);
    expect(intents).toHaveLength(0);
  });

  it('obeys a halt and new settings from the next message on', async () => {
    const { play, engine, decisions } = await startEngine({ model: scriptedModel(() => 0.9) });
    engine.accept({ kind: 'mode', mode: 'HALTED' });
    await play(bar(1));
    expect(decisions[0]?.reason).toMatch(/^halted/);
    engine.accept({ kind: 'mode', mode: 'ACTIVE' });
    engine.accept({
      kind: 'settings',
      settings: engineSettings({ ...DEFAULT_CONFIG, strategy: { ...DEFAULT_CONFIG.strategy, entryThreshold: 0.95 } }),
    });
    await play(bar(2));
    expect(decisions[1]).toMatchObject({ signal: 'hold', action: 'none' });
    expect(engine.mode).toBe('ACTIVE');
  });

  it('refuses to buy without a book, also when the connection went down after it was seen', async () => {
    const { engine, decisions } = await startEngine({ model: scriptedModel(() => 0.9) });
    const closed = (index: number) =>
      engine.accept({
        kind: 'candle',
        symbol: 'BTC/USDT',
        timeframe: '1m' as Timeframe,
        candle: bar(index),
        at: epochMillis((index + 1) * BAR),
        closed: true,
        receivedAt: 0,
      });
    closed(1);
    await engine.idle();
    engine.accept({
      kind: 'book-top',
      symbol: 'BTC/USDT',
      bid: price('39999'),
      ask: price('40001'),
      bidQuantity: quantity('1'),
      askQuantity: quantity('1'),
      receivedAt: 0,
    });
    engine.accept({ kind: 'connection', state: 'down', channel: 'market', reason: 'test' });
    closed(2);
    await engine.idle();
    expect(decisions.map((decision) => decision.reason.split(':')[0])).toEqual(['no-book', 'no-book']);
  });

  it('swaps between two bars, releases the old model, and says so', async () => {
    const first = scriptedModel(() => 0.9, 'run-1');
    const second = scriptedModel(() => 0.1, 'run-2', 'b'.repeat(64));
    const { play, engine, decisions, swaps } = await startEngine({ model: first });
    await play(bar(1));
    let swapped = false;
    engine.accept({
      kind: 'model',
      model: second,
      swapped: () => {
        swapped = true;
      },
    });
    await engine.idle();
    await play(bar(2));
    expect(swapped && first.released && !second.released).toBe(true);
    expect(decisions.map((decision) => decision.runId)).toEqual(['run-1', 'run-2']);
    expect(swaps).toEqual(['run-1', 'run-2']);
    expect(engine.counters.swaps).toBe(1);
  });

  it('reports a bar done only after its order has ended', async () => {
    const answer = Promise.withResolvers<void>();
    const { exchange, engine, done } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          const outcome = await venue.submit(order);
          await answer.promise;
          return outcome;
        },
      }),
    });
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(done).toEqual([]);
    expect(onlyOrder(engine)?.state).toBe('sent');
    answer.resolve();
    await engine.idle();
    expect(done).toEqual([2 * BAR]);
  });

  it('waits with the next order while one is in flight', async () => {
    const { exchange, engine, decisions, intents } = await startEngine({ tamper: () => ({ submit: never }) });
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    exchange.play(bar(2));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(intents).toHaveLength(1);
    expect(decisions[1]?.reason).toMatch(/^order ar-\S+ is sent$/);
    engine.stop();
  });

  it('marks the day it trades in once', async () => {
    const { play, marked } = await startEngine({ model: scriptedModel(() => 0.5) });
    await play(bar(1440));
    await play(bar(1441));
    await play(bar(2880));
    expect(marked.map((account) => account.day)).toEqual([1, 2]);
  });

  it('stops for good when its lease has run out, before anything is sent', async () => {
    const { exchange, fatal, intents, engine } = await startEngine({ fence: { epoch: 1, holds: () => false } });
    exchange.play(bar(1));
    await engine.idle();
    expect(fatal).toMatchObject([{ code: 'FENCED' }]);
    expect(intents).toHaveLength(0);
    exchange.play(bar(2));
    await engine.idle();
    expect(fatal).toHaveLength(1);
  });

  it('writes no decision without the lease, also where there is nothing to send', async () => {
    const { play, fatal, decisions } = await startEngine({
      fence: { epoch: 1, holds: () => false },
      model: scriptedModel(() => 0.515),
    });
    await play(bar(1));
    expect(fatal).toMatchObject([{ code: 'FENCED' }]);
    expect(decisions).toEqual([]);
  });

  it('stops for good when orders of another epoch move', async () => {
    const { engine, fatal } = await startEngine({ fence: { epoch: 7, holds: () => true } });
    const report: OrderReport = {
      symbol: 'BTC/USDT',
      clientOrderId: 'x',
      exchangeOrderId: '9',
      side: 'buy',
      status: 'filled',
      quantity: quantity('1'),
      filled: quantity('1'),
      updatedAt: epochMillis(1),
    };
    engine.accept({ kind: 'order', report, receivedAt: 0 });
    await engine.idle();
    expect(fatal).toHaveLength(0);
    engine.accept({
      kind: 'order',
      report: { ...report, clientOrderId: `ar-${slotTag(slot)}-2s-e0-6` },
      receivedAt: 0,
    });
    await engine.idle();
    expect(fatal).toMatchObject([{ code: 'UNEXPECTED_ORDER' }]);
  });
});

describe('an order without an answer', () => {
  const lost: SubmitOutcome = { outcome: 'unknown', reason: 'no answer' };

  it('that reached the exchange is found by its id and counted once', async () => {
    const { play, settled, engine, exchange } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          await venue.submit(order);
          return lost;
        },
      }),
    });
    await play(bar(1));
    expect(settled.map(({ order }) => order.state)).toEqual(['filled']);
    expect(engine.account.position.quantity.toFixed()).toBe((await exchange.balances()).get('BTC')?.free.toFixed());
  });

  it('that throws is unknown too, never rejected', async () => {
    const { play, settled } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          await venue.submit(order);
          throw new Error('socket hang up');
        },
      }),
    });
    await play(bar(1));
    expect(settled[0]?.order.state).toBe('filled');
  });

  it('that the exchange does not know is given up only after a receive window', async () => {
    let now = 0;
    let asked = 0;
    const { play, settled } = await startEngine({
      monotonic: { now: () => now },
      timers: {
        sleep: async (ms) => {
          now += ms;
        },
        every: () => () => undefined,
      },
      tamper: () => ({
        submit: async () => lost,
        order: async () => {
          asked += 1;
          return undefined;
        },
      }),
      recvWindowMs: 1_000,
    });
    await play(bar(1));
    expect(settled).toMatchObject([{ order: { state: 'rejected', reason: 'never reached the exchange' } }]);
    expect(now).toBeGreaterThanOrEqual(1_000);
    expect(asked).toBeGreaterThan(2);
  });

  it('is asked for again when asking fails', async () => {
    let fails = 2;
    const { play, settled, engine } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          await venue.submit(order);
          return lost;
        },
        order: async (symbol, id) => {
          if (fails-- > 0) throw new Error('503');
          return venue.order(symbol, id);
        },
      }),
    });
    await play(bar(1));
    expect(settled[0]?.order.state).toBe('filled');
    expect(engine.counters.errors).toBe(2);
  });

  it('that turns up late, after a first "not known", is still found', async () => {
    let asked = 0;
    let now = 0;
    const { play, settled } = await startEngine({
      monotonic: { now: () => now },
      timers: {
        sleep: async (ms) => {
          now += ms;
        },
        every: () => () => undefined,
      },
      recvWindowMs: 5_000,
      tamper: (venue) => ({
        submit: async (order) => {
          await venue.submit(order);
          return lost;
        },
        order: async (symbol, id) => (asked++ < 3 ? undefined : venue.order(symbol, id)),
      }),
    });
    await play(bar(1));
    expect(settled).toMatchObject([{ order: { state: 'filled' } }]);
  });
});

describe('reports and fills', () => {
  it('that the exchange refuses an order end it without touching the books', async () => {
    const { play, settled, engine } = await startEngine({
      tamper: () => ({ submit: async () => ({ outcome: 'rejected', code: '-2010', reason: 'insufficient balance' }) }),
    });
    await play(bar(1));
    expect(settled).toMatchObject([{ order: { state: 'rejected', reason: '-2010: insufficient balance' } }]);
    expect(engine.account.trades).toBe(0);
  });

  it('heard first through the stream, and again in the answer, count once', async () => {
    const { exchange, engine, settled } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          const outcome = await venue.submit(order);
          if (outcome.outcome !== 'acknowledged') throw new Error('the venue must take it');
          for (const fill of outcome.fills) engine.accept({ kind: 'fill', fill, receivedAt: 0 });
          engine.accept({ kind: 'order', report: outcome.report, receivedAt: 0 });
          return outcome;
        },
      }),
    });
    exchange.play(bar(1));
    await engine.idle();
    for (const fill of settled[0]?.order.fills.values() ?? []) engine.accept({ kind: 'fill', fill, receivedAt: 0 });
    await engine.idle();
    expect(settled).toHaveLength(1);
    expect(engine.account.position.quantity.toFixed()).toBe((await exchange.balances()).get('BTC')?.free.toFixed());
  });

  it("without the client id are recognised by the exchange's", async () => {
    const { exchange, engine, settled } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          const outcome = await venue.submit(order);
          if (outcome.outcome !== 'acknowledged') throw new Error('the venue must take it');
          engine.accept({
            kind: 'order',
            report: { ...outcome.report, status: 'new', filled: quantity('0') },
            receivedAt: 0,
          });
          for (const { clientOrderId: _withheld, ...fill } of outcome.fills)
            engine.accept({ kind: 'fill', fill, receivedAt: 0 });
          return { ...outcome, fills: [] };
        },
      }),
    });
    exchange.play(bar(1));
    await engine.idle();
    expect(settled).toMatchObject([{ order: { state: 'filled' } }]);
  });

  it('missing from an ended order are fetched before it is booked', async () => {
    const { play, engine, exchange, settled } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          const outcome = await venue.submit(order);
          return outcome.outcome === 'acknowledged' ? { ...outcome, fills: [] } : outcome;
        },
      }),
    });
    await play(bar(1));
    expect(settled).toHaveLength(1);
    expect(engine.account.position.quantity.toFixed()).toBe((await exchange.balances()).get('BTC')?.free.toFixed());
  });

  it('are asked for when the account channel comes back while an order is in flight', async () => {
    const { exchange, engine, settled } = await startEngine({
      tamper: (venue) => ({
        submit: async (order) => {
          await venue.submit(order);
          return never();
        },
      }),
    });
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(settled).toHaveLength(0);
    engine.accept({ kind: 'connection', state: 'up', channel: 'account', reason: 'reconnected' });
    await engine.idle();
    expect(settled).toMatchObject([{ order: { state: 'filled' } }]);
  });

  it('of trades and book tops are counted', async () => {
    const { engine } = await startEngine();
    engine.accept({
      kind: 'trade',
      symbol: 'BTC/USDT',
      price: price('1'),
      quantity: quantity('1'),
      at: epochMillis(0),
      receivedAt: 0,
    });
    engine.accept({
      kind: 'book-top',
      symbol: 'BTC/USDT',
      bid: price('1'),
      ask: price('2'),
      bidQuantity: quantity('1'),
      askQuantity: quantity('1'),
      receivedAt: 0,
    });
    await engine.idle();
    expect(engine.counters).toMatchObject({ trades: 1, bookTops: 1 });
  });
});
