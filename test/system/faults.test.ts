import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { type ExchangeProcess, startExchangeProcess } from '../support/exchange-process.ts';
import type { SpawnedProcess } from '../support/spawned-process.ts';
import { openSlotOn, type SlotOnExchange } from '../support/traded-slot.ts';

/** Ten bars a second. */
const SPEED = 600;
const directory = mkdtempSync(join(tmpdir(), 'ares-faults-'));
let exchange: ExchangeProcess;
let traded: SlotOnExchange;
let trader: SpawnedProcess;

beforeAll(async () => {
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 8_000);
  exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000, keep: true });
  traded = await openSlotOn(exchange, join(directory, 'data'));
  trader = traded.startTrader({ keep: true });
  await exchange.run(SPEED);
  await traded.tradesAgain();
});

afterAll(async () => {
  for (const each of [trader, exchange.process()]) {
    each.kill('SIGKILL');
    await each.ended;
  }
  rmSync(directory, { recursive: true, force: true });
});

/** So many orders more than there are now. */
async function moreOrders(count: number): Promise<void> {
  const before = await traded.orderCount();
  await eventually('orders after the fault', async () => (await traded.orderCount()) >= before + count, {
    everyMs: 100,
  });
}

const orders = [{ path: 'ws:order.place' }, { path: '/api/v3/order', method: 'POST' }];
const everything = [{ path: '' }];

describe('a trader whose exchange misbehaves goes on with nothing lost or doubled', () => {
  it.each([
    ['answers orders with 429', orders, { kind: 'status', status: 429, retryAfter: 1, times: 2 }],
    ['answers orders with 418', orders, { kind: 'status', status: 418, retryAfter: 1, times: 1 }],
    ['answers orders with 503', orders, { kind: 'status', status: 503, times: 2 }],
    ['answers everything with 503 for a while', everything, { kind: 'status', status: 503, times: 8 }],
    ['takes an order and never answers', orders, { kind: 'no-answer', times: 1 }],
    ['takes an order and hangs up', orders, { kind: 'no-answer', hangUp: true, times: 1 }],
    ['loses an order without a word', orders, { kind: 'silence', times: 1 }],
    ['hangs up instead of taking an order', orders, { kind: 'silence', hangUp: true, times: 1 }],
    ['hangs up on everything for a while', everything, { kind: 'silence', hangUp: true, times: 5 }],
  ])('that %s', async (_fault, where, fault) => {
    await exchange.run(SPEED);
    for (const each of where) await exchange.control('faults', { ...fault, ...each });
    const met = async () => ((await exchange.control('status')) as { faults: unknown[] }).faults.length < where.length;
    await eventually('the fault', met, { everyMs: 50 });
    // Orders go one way only; what was scripted for the other is taken back.
    if (where === orders)
      await eventually('the fault to be used up', async () => faultsLeft(await exchange.control('status')) === 0);
    await exchange.control('faults', { kind: 'clear' });
    await moreOrders(3);
    expect(await traded.differences()).toEqual([]);
  });

  it.each(['market', 'account', 'all'])('that drops its %s sockets again and again', async (which) => {
    await exchange.run(SPEED);
    for (let drop = 0; drop < 3; drop += 1) {
      await exchange.control('faults', { kind: 'drop-sockets', which });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await moreOrders(3);
    expect(await traded.differences()).toEqual([]);
  });

  it('without having ended once', async () => {
    expect(trader.stderr()).not.toMatch(/must be started again/);
    expect((await traded.heartbeat())?.state).toBe('ACTIVE');
  });
});

const faultsLeft = (status: unknown): number =>
  (status as { faults: { path: string; times: number }[] }).faults.filter(({ path }) => path === 'ws:order.place')
    .length;
