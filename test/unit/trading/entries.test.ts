import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, OrderReport, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { BAR, bar, type Harness, NO_EXITS, scriptedModel, startEngine } from '../../support/engine-harness.ts';

type Options = NonNullable<Parameters<typeof startEngine>[0]>;

/** An exchange on which entries rest until the test fills them, told by messages. */
async function restingEntries(entry: Partial<LiveConfig['entry']>, options: Options = {}, script: number[] = [0.9]) {
  const sent: ApprovedOrder[] = [];
  const cancelled: string[] = [];
  const open = new Map<string, OrderReport>();
  const report = (order: ApprovedOrder, over: Partial<OrderReport> = {}): OrderReport => ({
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: `x-${order.clientOrderId}`,
    side: order.side,
    status: 'new',
    quantity: order.quantity,
    filled: quantity('0'),
    updatedAt: epochMillis(2 * BAR),
    ...over,
  });
  const exchange: Partial<Exchange> = {
    submit: async (order): Promise<SubmitOutcome> => {
      sent.push(order);
      open.set(order.clientOrderId, report(order));
      return { outcome: 'acknowledged', report: report(order), fills: [] };
    },
    cancel: async (_symbol, id) => {
      cancelled.push(id);
      const known = open.get(id) as OrderReport;
      return { outcome: 'cancelled', report: { ...known, status: 'cancelled' } };
    },
    order: async (_symbol, id) => open.get(id),
  };
  const harness = await startEngine({
    model: scriptedModel((n) => script[n] ?? 0.515),
    config: { exits: NO_EXITS, entry: { ...DEFAULT_CONFIG.entry, type: 'post_only', ...entry } },
    tamper: () => exchange,
    ...options,
  });
  const tell = async (message: Parameters<Harness['engine']['accept']>[0]) => {
    harness.engine.accept(message);
    await harness.engine.idle();
  };
  const top = (bid: number, ask: number, after: number) =>
    tell({
      kind: 'book-top',
      symbol: 'BTC/USDT',
      bid: price(String(bid)),
      ask: price(String(ask)),
      bidQuantity: quantity('1'),
      askQuantity: quantity('1'),
      receivedAt: harness.exchange.now + after,
    });
  /** The exchange fills part of the newest order and says so. */
  const fill = async (amount: string) => {
    const order = sent.at(-1) as ApprovedOrder;
    const known = open.get(order.clientOrderId) as OrderReport;
    const sum = known.filled.plus(amount);
    const status = sum.eq(order.quantity) ? 'filled' : 'partially_filled';
    open.set(order.clientOrderId, { ...known, filled: quantity(sum), status });
    await tell({
      kind: 'fill',
      receivedAt: harness.exchange.now,
      fill: {
        symbol: 'BTC/USDT',
        tradeId: `t${sum.toFixed()}`,
        exchangeOrderId: known.exchangeOrderId,
        clientOrderId: order.clientOrderId,
        side: 'buy',
        price: order.limitPrice ?? price('40000'),
        quantity: quantity(amount),
        fee: decimal('0'),
        feeAsset: 'USDT',
        executedAt: epochMillis(harness.exchange.now),
      },
    });
    await tell({
      kind: 'order',
      report: open.get(order.clientOrderId) as OrderReport,
      receivedAt: harness.exchange.now,
    });
  };
  const prices = () => sent.map(({ limitPrice }) => limitPrice?.toFixed());
  return { ...harness, sent, cancelled, open, top, fill, tell, prices };
}

describe('an entry that rests', () => {
  it('is post-only at the best bid, and the bar is done while it rests', async () => {
    const { play, sent, prices, done, engine } = await restingEntries({});
    await play(bar(1));
    expect(sent).toMatchObject([{ type: 'post_only', side: 'buy' }]);
    expect(prices()).toEqual([engine.snapshot().openOrders[0]?.limitPrice?.toFixed()]);
    expect(Number(prices()[0])).toBeLessThan(40_000.01);
    expect(done).toEqual([2 * BAR]);
    expect(engine.snapshot().openOrders).toMatchObject([{ leg: 'entry', state: 'acknowledged' }]);
  });

  it('follows the market after a while, with an id of its own, and only as often and as far as it may', async () => {
    const { play, top, sent, prices, cancelled, engine } = await restingEntries({
      repriceAfterMs: 3_000,
      maxReprices: 2,
      maxSlippageFraction: 0.001,
    });
    await play(bar(1));
    const first = prices()[0];
    await top(40_010, 40_011, 2_999);
    expect(prices()).toEqual([first]);
    await top(40_010, 40_011, 3_000);
    expect(prices()).toEqual([first, '40010']);
    await top(40_020, 40_021, 5_999);
    expect(prices()).toEqual([first, '40010']);
    await top(40_200, 40_201, 6_000);
    expect(prices()).toEqual([first, '40010', '40040']);
    await top(40_039, 40_041, 20_000);
    expect(sent).toHaveLength(3);
    expect(cancelled).toEqual(sent.slice(0, 2).map(({ clientOrderId }) => clientOrderId));
    expect(new Set(sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(3);
    expect(engine.counters.reprices).toBe(2);
  });

  it('is cancelled when its time is over, and what was filled is kept', async () => {
    const { play, top, fill, sent, settled, engine } = await restingEntries({ expiryMs: 10_000, maxReprices: 0 });
    await play(bar(1));
    await fill('0.1');
    await top(40_000, 40_001, 9_999);
    expect(engine.snapshot().openOrders).toHaveLength(1);
    await top(40_000, 40_001, 10_000);
    expect(engine.snapshot().openOrders).toEqual([]);
    expect(settled).toMatchObject([{ order: { leg: 'entry', state: 'cancelled' } }]);
    expect(engine.account.position.quantity.toFixed()).toBe('0.1');
    expect(sent).toHaveLength(1);
  });

  it('that moves buys only what was not bought before', async () => {
    const { play, top, fill, sent } = await restingEntries({ repriceAfterMs: 3_000 });
    await play(bar(1));
    const wanted = sent[0]?.quantity as ApprovedOrder['quantity'];
    await fill('0.1');
    await top(40_010, 40_011, 3_000);
    expect(sent.map((order) => order.quantity.toFixed())).toEqual([wanted.toFixed(), wanted.minus('0.1').toFixed()]);
  });

  it('is protected once it has ended, also when only a part was bought', async () => {
    const { play, top, fill, engine } = await restingEntries(
      { expiryMs: 10_000, maxReprices: 0 },
      {
        config: {
          exits: DEFAULT_CONFIG.exits,
          entry: { ...DEFAULT_CONFIG.entry, type: 'post_only', expiryMs: 10_000, maxReprices: 0 },
        },
      },
    );
    await play(bar(1));
    await fill('0.1');
    expect(engine.snapshot().openOrders.map(({ leg }) => leg)).toEqual(['entry']);
    await top(40_000, 40_001, 10_000);
    expect(engine.snapshot().openOrders).toMatchObject([{ leg: 'stop_loss', state: 'acknowledged' }]);
    expect(engine.snapshot().openOrders[0]?.quantity.toFixed()).toBe('0.1');
  });

  it('is cancelled by an opposite signal, and what was bought is sold', async () => {
    const { play, fill, sent, decisions, settled } = await restingEntries({}, {}, [0.9, 0.1]);
    await play(bar(1));
    await fill('0.1');
    await play(bar(2));
    expect(decisions[1]).toMatchObject({ action: 'order', side: 'sell', exitCause: 'signal', quantity: '0.1' });
    expect(settled).toMatchObject([{ order: { leg: 'entry', state: 'cancelled' } }]);
    expect(sent.at(-1)).toMatchObject({ side: 'sell', type: 'market' });
    expect(sent.at(-1)?.quantity.toFixed()).toBe('0.1');
  });

  it('is cancelled by an opposite signal where nothing was bought', async () => {
    const { play, sent, decisions, engine } = await restingEntries({}, {}, [0.9, 0.1]);
    await play(bar(1));
    await play(bar(2));
    expect(decisions[1]).toMatchObject({ action: 'none', reason: 'the entry that rests is cancelled' });
    expect(engine.snapshot().openOrders).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it.each(['REDUCING', 'HALTED'] as const)(
    'is cancelled when trading becomes %s, and does not come back',
    async (mode) => {
      const { play, top, tell, sent, engine } = await restingEntries({ repriceAfterMs: 100 });
      await play(bar(1));
      await tell({ kind: 'mode', mode });
      expect(engine.snapshot().openOrders).toEqual([]);
      await tell({ kind: 'mode', mode: 'ACTIVE' });
      await top(40_010, 40_011, 5_000);
      expect(sent).toHaveLength(1);
    },
  );

  it('is not sent a second time by a long signal while it rests', async () => {
    const { play, sent, decisions } = await restingEntries({ expiryMs: 600_000, maxReprices: 0 }, {}, [0.9, 0.9]);
    await play(bar(1));
    await play(bar(2));
    expect(sent).toHaveLength(1);
    expect(decisions[1]?.reason).toMatch(/^order ar-\S+ is acknowledged$/);
  });

  it('that the exchange refuses because it would take is tried again after a while, within its bounds', async () => {
    let refusals = 0;
    const { play, top, settled, engine } = await restingEntries(
      { repriceAfterMs: 1_000, maxReprices: 2 },
      {
        tamper: () => ({
          submit: async () => {
            refusals += 1;
            return { outcome: 'rejected', code: '-2010', reason: 'would take' };
          },
        }),
      },
    );
    await play(bar(1));
    expect(refusals).toBe(1);
    for (const after of [500, 1_000, 2_500, 4_000, 8_000]) await top(40_000, 40_001, after);
    expect(refusals).toBe(3);
    expect(settled.map(({ order }) => order.state)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(engine.snapshot().openOrders).toEqual([]);
  });
});

describe('an entry by limit', () => {
  it('carries its time in force, and ends where what is left expires', async () => {
    const { play, sent, settled, engine } = await startLimit('ioc');
    await play(bar(1));
    expect(sent).toMatchObject([{ type: 'limit', timeInForce: 'ioc' }]);
    expect(settled).toHaveLength(1);
    expect(engine.snapshot().openOrders).toEqual([]);
  });

  const startLimit = async (timeInForce: 'ioc' | 'gtc') => {
    const sent: ApprovedOrder[] = [];
    const harness = await startEngine({
      model: scriptedModel((n) => (n === 0 ? 0.9 : 0.515)),
      config: { exits: NO_EXITS, entry: { ...DEFAULT_CONFIG.entry, type: 'limit', timeInForce } },
      tamper: (venue) => ({
        submit: (order) => {
          sent.push(order);
          return venue.submit(order);
        },
      }),
    });
    return { ...harness, sent };
  };
});

describe('an entry at market', () => {
  it('is refused where the market has run away from the signal, or is too wide to enter', async () => {
    const narrow = { ...DEFAULT_CONFIG.entry, maxSpreadFraction: 0.000_000_1 };
    const wide = await startEngine({ model: scriptedModel(() => 0.9), config: { entry: narrow } });
    await wide.play(bar(1));
    expect(wide.decisions[0]).toMatchObject({ action: 'refused', side: 'buy' });
    expect(wide.decisions[0]?.reason).toMatch(/^entry-spread: /);
    const close = { ...DEFAULT_CONFIG.entry, maxSlippageFraction: 0.000_000_1 };
    const away = await startEngine({ model: scriptedModel(() => 0.9), config: { entry: close } });
    await away.play(bar(1));
    expect(away.decisions[0]?.reason).toMatch(/^entry-slippage: /);
    expect(away.intents).toEqual([]);
  });

  it('never costs more than is free, fee included', async () => {
    const { play, exchange, decisions, engine } = await startEngine({
      model: scriptedModel(() => 0.9),
      config: { strategy: { ...DEFAULT_CONFIG.strategy, quoteBudget: '15000', budgetFraction: '1' } },
    });
    await play(bar(1));
    expect(decisions[0]?.action).toBe('order');
    expect(engine.account.trades).toBe(1);
    const free = (await exchange.balances()).get('USDT')?.free;
    expect(free?.gte(0) && free.lt(20)).toBe(true);
  });
});
