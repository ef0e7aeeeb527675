import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import type { SimulatedExchange } from '../../../src/core/simulation/simulated-exchange.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';
import { parseAccount } from '../../../src/core/trading/slot-account.ts';
import { bar, slot } from '../../support/engine-harness.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';
import { newExchange, startSlotTrader } from '../../support/slot-trader.ts';

/** One exchange whose stream goes to whoever listens last. */
async function market() {
  const exchange = newExchange();
  let deliver: (message: StreamMessage) => void = () => undefined;
  await exchange.stream({ feeds: [{ symbol: 'BTC/USDT', timeframe: '1m' as never }] }, (message) => deliver(message));
  return {
    exchange,
    listen: (to: (message: StreamMessage) => void) => {
      deliver = to;
    },
  };
}

const order = (bar: number, side: 'buy' | 'sell' = 'buy', epoch = 1): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: clientOrderId({
      slot,
      barClose: epochMillis(bar * 60_000),
      leg: side === 'buy' ? 'entry' : 'exit',
      attempt: 0,
      epoch,
    }),
    side,
    type: 'market',
    quantity: quantity('0.01'),
    referencePrice: price('40000'),
  }) as unknown as ApprovedOrder;

const limit = (of: ApprovedOrder, limitPrice: string): ApprovedOrder =>
  ({ ...of, type: 'limit', limitPrice: price(limitPrice) }) as unknown as ApprovedOrder;

async function booksMatch(ledger: MemoryLedger, exchange: SimulatedExchange): Promise<void> {
  const account = parseAccount((await ledger.get(keys.account(slot)))?.value ?? {});
  const balances = await exchange.balances();
  const total = (asset: string) =>
    balances
      .get(asset)
      ?.free.plus(balances.get(asset)?.locked ?? 0)
      .toFixed() ?? '0';
  expect(account.baseline.base.plus(account.position.quantity).toFixed()).toBe(total('BTC'));
  expect(account.baseline.quote.plus(account.quoteFlow).toFixed()).toBe(total('USDT'));
  const onExchange = await exchange.ordersSince('BTC/USDT', epochMillis(0));
  for (const { clientOrderId: id } of onExchange)
    expect((await ledger.get(keys.order(slot, id)))?.value).toMatchObject({ settled: true });
  const executed = ledger.events
    .filter((event) => event.detailType === 'TradeExecuted')
    .map((event) => (event.detail.data as { clientOrderId: string }).clientOrderId);
  expect(executed.sort()).toEqual(onExchange.map(({ clientOrderId: id }) => id).sort());
  expect(account.trades).toBe(onExchange.length);
  expect((await verifyAudit(ledger)).valid).toBe(true);
}

describe('recovery', () => {
  it('opens the books of a new slot with what the account holds already', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 0 });
    expect(recovery.account.baseline.quote.toFixed()).toBe('10000');
  });

  it('refuses to begin anew when the exchange knows orders of the slot and the database does not', async () => {
    const { exchange, listen } = await market();
    exchange.play(bar(1));
    await exchange.submit(order(2));
    await expect(startSlotTrader(createMemoryLedger(), exchange, listen)).rejects.toMatchObject({
      code: 'BOOKS_MISSING',
    });
  });

  it('settles an order that was sent just before the process died, once', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    await exchange.submit(order(2));
    const again = await startSlotTrader(ledger, exchange, listen);
    expect(again.recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect([...again.recovery.decidedBars]).toEqual([120_000]);
    await booksMatch(ledger, exchange);
    expect((await startSlotTrader(ledger, exchange, listen)).recovery).toMatchObject({ settledNow: 0 });
    await booksMatch(ledger, exchange);
  });

  it.each([...Array(24).keys()])(
    'after a crash at commit %i leaves books, events and audit as the exchange has them',
    async (at) => {
      for (const moment of ['beforeCommit', 'afterCommit'] as const) {
        const ledger = createMemoryLedger();
        const { exchange, listen } = await market();
        let commits = 0;
        ledger[moment] = () => {
          if (commits++ === at) throw new Error('killed');
        };
        let trader = await startSlotTrader(ledger, exchange, listen).catch(() => undefined);
        for (let index = 1; index <= 8; index += 1) {
          if (!trader || trader.failures.length > 0)
            trader = await startSlotTrader(ledger, exchange, listen).catch(() => undefined);
          exchange.play(bar(index, 40_000 + index * 10));
          await trader?.engine.idle();
          await new Promise((resolve) => setImmediate(resolve));
        }
        listen(() => undefined);
        ledger[moment] = undefined;
        const end = await startSlotTrader(ledger, exchange, listen);
        expect(end.recovery.outcome).toBe('ready');
        await booksMatch(ledger, exchange);
      }
    },
  );

  it('gives an intent up that never reached the exchange, after a receive window', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    const deaf: Exchange = { ...exchange, submit: () => new Promise<never>(() => undefined) };
    await startSlotTrader(ledger, deaf, listen);
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    let asked = 0;
    const counting: Exchange = {
      ...exchange,
      order: async (symbol, id) => {
        asked += 1;
        return exchange.order(symbol, id);
      },
    };
    const { recovery } = await startSlotTrader(ledger, counting, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect(asked).toBe(2);
    expect(ledger.events.filter((event) => event.detailType === 'OrderRejected')).toHaveLength(1);
    await booksMatch(ledger, exchange);
  });

  it('finds an intent that turned up between two questions', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    const late: ApprovedOrder[] = [];
    const slow: Exchange = {
      ...exchange,
      submit: (sent) => {
        late.push(sent);
        return new Promise<never>(() => undefined);
      },
    };
    await startSlotTrader(ledger, slow, listen);
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const arriving: Exchange = {
      ...exchange,
      ordersSince: async () => [],
      order: async (symbol, id) => {
        const found = await exchange.order(symbol, id);
        if (!found) await exchange.submit(late[0] as ApprovedOrder);
        return found;
      },
    };
    // Its fills were read before it arrived: they are read again before anything is said.
    const { recovery } = await startSlotTrader(ledger, arriving, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    await booksMatch(ledger, exchange);
  });

  it('asks by id for an order that the list of orders leaves out, and waits for none that is found', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    const deaf: Exchange = {
      ...exchange,
      submit: async (sent) => {
        await exchange.submit(sent);
        return new Promise<never>(() => undefined);
      },
    };
    await startSlotTrader(ledger, deaf, listen);
    exchange.play(bar(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    let asked = 0;
    const forgetful: Exchange = {
      ...exchange,
      ordersSince: async () => [],
      order: async (symbol, id) => {
        asked += 1;
        return exchange.order(symbol, id);
      },
    };
    const { recovery } = await startSlotTrader(ledger, forgetful, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect(asked).toBe(1);
    await booksMatch(ledger, exchange);
  });

  it('trades nothing when a balance is not what the books say, and says which', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    await exchange.submit({ ...order(2), clientOrderId: 'by-hand' });
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    expect(recovery).toMatchObject({
      outcome: 'mismatch',
      reason: 'balance of BTC must be 0, was 0.00999; balance of USDT must be 10000, was 9599.996',
    });
  });

  it('fails, and with it the start, when the exchange cannot be read', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    await startSlotTrader(ledger, exchange, listen);
    for (const read of ['openOrders', 'ordersSince', 'fillsSince', 'balances'] as const) {
      const broken = {
        ...exchange,
        [read]: async () => {
          throw new Error(`no ${read}`);
        },
      };
      await expect(startSlotTrader(ledger, broken, listen)).rejects.toThrow(`no ${read}`);
    }
  });

  it('cancels what rests of ours and leaves the orders of others alone', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    exchange.play(bar(1));
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    const ours = limit(order(2), '39000');
    await exchange.submit(ours);
    await exchange.submit({ ...limit(order(3), '39000'), clientOrderId: 'web_1' });
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1, foreignOrders: 1, openOrders: [] });
    expect((await exchange.openOrders('BTC/USDT')).map((open) => open.clientOrderId)).toEqual(['web_1']);
    expect((await ledger.get(keys.order(slot, ours.clientOrderId)))?.value).toMatchObject({
      state: 'cancelled',
      settled: true,
    });
  });

  it('does not open books for a trader that has lost the lease meanwhile', async () => {
    const { exchange, listen } = await market();
    const ledger = createMemoryLedger();
    ledger.beforeCommit = async (token) => {
      if (token.startsWith('open-account')) {
        ledger.beforeCommit = undefined;
        await ledger.commit({
          token: 'thief',
          writes: [{ kind: 'put', key: keys.lease(slot), expected: 1, value: { owner: 'other', epoch: 2 } }],
          audit: [],
          events: [],
        });
      }
    };
    await expect(startSlotTrader(ledger, exchange, listen)).rejects.toMatchObject({
      code: 'FENCED',
      message: `the trader must own ${slot} to open its books`,
      data: { slot },
    });
  });
});

describe('the journal', () => {
  it('of a trader that has lost the lease writes nothing and says so', async () => {
    const ledger = createMemoryLedger();
    const { exchange, listen } = await market();
    const first = await startSlotTrader(ledger, exchange, listen);
    await startSlotTrader(ledger, exchange, () => undefined);
    exchange.play(bar(1));
    await first.engine.idle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(first.failures.length).toBeGreaterThan(0);
    for (const failure of first.failures) expect(failure).toMatchObject({ code: 'FENCED' });
    expect(ledger.events.filter((event) => event.detailType === 'TradeExecuted')).toHaveLength(0);
  });
});
