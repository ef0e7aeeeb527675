import { describe, expect, it } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { indexes, keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, OrderReport } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { engineSettings } from '../../../src/core/trading/engine-settings.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { readBooks } from '../../../src/core/trading/open-books.ts';
import { type OwnOrder, ownOrderToJson } from '../../../src/core/trading/own-order.ts';
import type { RecoverOptions } from '../../../src/core/trading/recover-options.ts';
import { recoverSlot } from '../../../src/core/trading/recover-slot.ts';
import type { StoredBooks } from '../../../src/core/trading/stored-books.ts';
import { BAR, bar, rules, slot } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { newExchange, takeLease } from '../../support/slot-trader.ts';

const order = (bar: number): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: clientOrderId({ slot, barClose: epochMillis(bar * BAR), leg: 'entry', attempt: 0, epoch: 1 }),
    side: 'buy',
    type: 'market',
    quantity: quantity('0.01'),
    referencePrice: price('40000'),
  }) as unknown as ApprovedOrder;

const unknownOrder: OwnOrder = {
  clientOrderId: '',
  exchangeOrderId: null,
  symbol: 'BTC/USDT',
  side: 'buy',
  leg: 'entry',
  type: 'market',
  limitPrice: null,
  stopPrice: null,
  pairId: null,
  quantity: quantity('0.01'),
  barClose: epochMillis(0),
  modelHash: null,
  state: 'intent',
  filled: quantity('0'),
  fills: new Map(),
  updatedAt: epochMillis(0),
  reason: null,
};

describe('what recovery reads and says', () => {
  /** Recovery by hand, on an exchange whose reads are recorded. */
  async function byHand(change: Partial<Exchange> = {}, ledger = createMemoryLedger()) {
    const exchange = newExchange();
    exchange.play(bar(1));
    const log = recordingLog();
    const since = { orders: -1, fills: -1 };
    const recorded: Exchange = {
      ...exchange,
      ordersSince: async (symbol, from) => {
        since.orders = from;
        return exchange.ordersSince(symbol, from);
      },
      fillsSince: async (symbol, from) => {
        since.fills = from;
        return exchange.fillsSince(symbol, from);
      },
      ...change,
    };
    const guard = await takeLease(ledger, 'hand');
    const options: RecoverOptions = {
      slot,
      rules,
      budget: decimal('10000'),
      limits: engineSettings(DEFAULT_CONFIG).limits,
      recvWindowMs: 100,
      barMillis: BAR,
      sessionId: 'session-1',
      startedAt: epochMillis(7),
      guard,
    };
    const timers = { sleep: async () => undefined, every: () => () => undefined };
    const ports = { ledger, exchange: recorded, timers, log };
    const settled: OwnOrder[] = [];
    const journal = {
      decision() {},
      intent() {},
      settled: (own: OwnOrder) => void settled.push(own),
      marked() {},
      transferred() {},
      swapped() {},
      failed() {},
      flush: async () => undefined,
    };
    return {
      exchange,
      ledger,
      log,
      since,
      settled,
      read: () => readBooks(options, ports),
      recover: (books: StoredBooks) => recoverSlot(books, options, journal, ports),
    };
  }

  it('reads every unsettled order, however many there are', async () => {
    const ledger = createMemoryLedger();
    const { read, recover, settled } = await byHand({}, ledger);
    await read();
    for (let index = 1; index <= 130; index += 1) {
      const { clientOrderId: id } = order(index);
      const intent = { ...unknownOrder, clientOrderId: id, barClose: epochMillis(index * 60_000) };
      await ledger.append([
        { key: keys.order(slot, id), value: ownOrderToJson(intent), index: indexes.unsettledOrders(slot, id) },
      ]);
    }
    const books = await read();
    expect(books.orderVersions.size).toBe(130);
    expect(await recover(books)).toMatchObject({ outcome: 'ready', settledNow: 130 });
    expect(settled).toHaveLength(130);
  });

  it('opens books where the exchange knows only orders of others', async () => {
    const { exchange, read, ledger } = await byHand();
    await exchange.submit({ ...order(1), clientOrderId: 'by-hand' });
    const books = await read();
    expect(books).toMatchObject({ accountVersion: 1, unsettled: [] });
    expect(books.account.baseline.base.toFixed()).toBe('0.00999');
    const { pk } = auditEntryKey('trading', 1);
    expect((await ledger.query({ table: 'audit', pk, limit: 10 })).items.map(({ value }) => value)).toMatchObject([
      {
        timestamp: 7,
        eventType: 'AccountOpened',
        user: 'trader',
        action: 'open',
        sessionId: 'session-1',
        details: { slot, base: '0.00999', quote: books.account.baseline.quote.toFixed() },
      },
    ]);
  });

  it('says how many orders books are missing for, and what to do', async () => {
    const { exchange, read } = await byHand();
    await exchange.submit(order(1));
    await expect(read()).rejects.toMatchObject({
      message: `the database must know the 1 orders the exchange has of ${slot}, but has no books for it: restore its backup`,
      data: { slot },
    });
  });

  it('asks from two bars before the oldest thing that is not booked', async () => {
    const { read, recover, since } = await byHand();
    const books = await read();
    const at = (minute: number) => ({
      ...unknownOrder,
      clientOrderId: order(minute).clientOrderId,
      barClose: epochMillis(minute * BAR),
    });
    const account = { ...books.account, settledThrough: 50 * BAR };
    await recover({ ...books, account });
    expect(since).toEqual({ orders: 48 * BAR, fills: 48 * BAR });
    await recover({ ...books, account, unsettled: [at(40), at(30), at(60)] });
    expect(since).toEqual({ orders: 28 * BAR, fills: 28 * BAR });
    await recover({ ...books, account: { ...books.account, settledThrough: 1 } });
    expect(since).toEqual({ orders: 0, fills: 0 });
  });

  it('says of an order why it ended, and of one without its fills that it must have ended', async () => {
    const { exchange, read, recover, settled } = await byHand({ fillsSince: async () => [] });
    const books = await read();
    const [lost, found] = [order(5).clientOrderId, order(6).clientOrderId];
    const intent = { ...unknownOrder, clientOrderId: lost, barClose: epochMillis(5 * BAR) };
    await recover({ ...books, unsettled: [intent] });
    expect(settled).toMatchObject([{ clientOrderId: lost, state: 'rejected', reason: 'never reached the exchange' }]);
    await exchange.submit(order(6));
    expect(await recover(books)).toMatchObject({
      outcome: 'mismatch',
      reason: `order ${found} must have ended with all its fills, was filled with 0 fills`,
      decidedBars: new Set([6 * BAR]),
    });
  });

  it('knows an order the database does not by what the exchange says of it', async () => {
    const { exchange, read, recover, settled } = await byHand();
    const books = await read();
    await exchange.submit(order(6));
    await recover(books);
    expect(settled).toMatchObject([
      {
        clientOrderId: order(6).clientOrderId,
        exchangeOrderId: '1',
        symbol: 'BTC/USDT',
        side: 'buy',
        barClose: 6 * BAR,
        modelHash: null,
        state: 'filled',
        reason: 'found on the exchange after a restart',
      },
    ]);
    expect(settled[0]?.quantity.toFixed()).toBe('0.01');
  });

  it('says in the log which orders it leaves alone', async () => {
    const foreign: OrderReport = {
      symbol: 'BTC/USDT',
      clientOrderId: 'web_1',
      exchangeOrderId: '9',
      side: 'buy',
      status: 'new',
      quantity: quantity('1'),
      filled: quantity('0'),
      updatedAt: epochMillis(0),
    };
    const { read, recover, log } = await byHand({ openOrders: async () => [foreign] });
    await recover(await read());
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'an order that is not ours rests on the exchange and is left alone',
        fields: { slot, clientOrderId: 'web_1' },
      },
    ]);
  });
});
