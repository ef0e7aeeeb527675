import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill, OrderReport, OrderStatus, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { OrderDesk, type OrderDeskOptions, type OrderDeskPorts } from '../../../src/core/trading/order-desk.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { openAccount } from '../../../src/core/trading/slot-account.ts';
import { BAR, quiet, rules, slot } from '../../support/engine-harness.ts';

const idOf = (bar: number, epoch = 1) =>
  clientOrderId({ slot, barClose: epochMillis(bar * BAR), leg: 'entry', attempt: 0, epoch });

const order = (bar: number): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: idOf(bar),
    side: 'buy',
    type: 'market',
    quantity: quantity('0.02'),
    referencePrice: price('40000'),
  }) as unknown as ApprovedOrder;

const report = (bar: number, status: OrderStatus, filled = '0', updatedAt = bar * BAR + 5): OrderReport => ({
  symbol: 'BTC/USDT',
  clientOrderId: idOf(bar),
  exchangeOrderId: `x${bar}`,
  side: 'buy',
  status,
  quantity: quantity('0.02'),
  filled: quantity(filled),
  updatedAt: epochMillis(updatedAt),
});

const fill = (bar: number, part = 1, amount = '0.02', exchangeOrderId = `x${bar}`): Fill => ({
  symbol: 'BTC/USDT',
  tradeId: `t${bar}-${part}`,
  exchangeOrderId,
  side: 'buy',
  price: price('40000'),
  quantity: quantity(amount),
  fee: decimal('0.8'),
  feeAsset: 'USDT',
  executedAt: epochMillis(bar * BAR + 5),
});

const submitted = (desk: OrderDesk, id: string, outcome: SubmitOutcome) =>
  desk.answered({ kind: 'submitted', id, outcome });
const resolved = (desk: OrderDesk, id: string, found: OrderReport | undefined, fills: readonly Fill[]) =>
  desk.answered({ kind: 'resolved', id, report: found, fills });
/** The only open order. */
const only = (desk: OrderDesk): OwnOrder | undefined => {
  expect(desk.open.size).toBeLessThan(2);
  return [...desk.open.values()][0];
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => new Promise<never>(() => undefined);

/** A desk whose news reach it at once, and whose clock moves only while it sleeps. */
function scene(exchange: Partial<OrderDeskPorts['exchange']> = {}, options: Partial<OrderDeskOptions> = {}) {
  const pauses: number[] = [];
  const warnings: string[] = [];
  const settled: OwnOrder[] = [];
  const intents: OwnOrder[] = [];
  const counters = { orders: 0, cancels: 0, errors: 0 };
  let now = 10_000;
  const desk: OrderDesk = new OrderDesk(
    {
      slot,
      rules,
      barMillis: BAR,
      account: openAccount({ base: ZERO, quote: decimal('10000') }, decimal('10000')),
      openOrders: [],
      limits: () => ({ maxConsecutiveLosses: 0, coolDownMinutes: 1 }),
      decidedBars: new Set(),
      fence: { epoch: 1, holds: () => true },
      recvWindowMs: 1_000,
      counters,
      ...options,
    },
    {
      exchange: {
        submit: never,
        submitPair: never,
        replace: never,
        cancel: never,
        order: never,
        fillsSince: async () => [],
        ...exchange,
      },
      monotonic: { now: () => now },
      timers: {
        sleep: async (ms) => {
          pauses.push(ms);
          await turn();
          now += ms;
        },
        every: () => () => undefined,
      },
      log: { ...quiet, warn: (message) => warnings.push(message) },
      journal: {
        decision() {},
        transferred() {},
        intent: (own) => intents.push(own),
        settled: (own) => settled.push(own),
        marked() {},
        swapped() {},
        failed() {},
        flush: async () => undefined,
      },
    },
    (news) => desk.answered(news),
  );
  const send = (bar: number) =>
    desk.send(order(bar), { leg: 'entry', barClose: epochMillis(bar * BAR), modelHash: 'hash' });
  /** Sends an order and lets it fill whole. */
  const trade = (bar: number) => {
    send(bar);
    desk.hear(idOf(bar), report(bar, 'filled', '0.02'), [fill(bar)]);
  };
  const until = async (holds: () => boolean) => {
    for (let turns = 0; turns < 500 && !holds(); turns += 1) await turn();
    expect(holds()).toBe(true);
  };
  return { desk, send, trade, until, pauses, warnings, settled, intents, counters };
}

describe('an order at the desk', () => {
  it('is an intent of which nothing is known yet', () => {
    const { desk, send, intents, counters } = scene();
    send(7);
    expect(intents).toEqual([{ ...only(desk), state: 'intent' }]);
    expect(only(desk)).toMatchObject({
      clientOrderId: idOf(7),
      exchangeOrderId: null,
      symbol: 'BTC/USDT',
      side: 'buy',
      barClose: 7 * BAR,
      modelHash: 'hash',
      leg: 'entry',
      type: 'market',
      state: 'sent',
      updatedAt: 7 * BAR,
      reason: null,
    });
    expect(only(desk)?.quantity.toFixed()).toBe('0.02');
    expect(only(desk)?.filled.toFixed()).toBe('0');
    expect(counters.orders).toBe(1);
  });

  it('is neither sent nor an intent without the lease', () => {
    let submitted = 0;
    const submit = async () => {
      submitted += 1;
      return never();
    };
    const { desk, send, intents, counters } = scene({ submit }, { fence: { epoch: 1, holds: () => false } });
    expect(() => send(7)).toThrow(`the lease of ${slot} must be held to trade it, had run out`);
    expect([submitted, intents.length, only(desk), counters.orders]).toEqual([0, 0, undefined, 0]);
  });

  it('that ends is booked once and makes room for the next', () => {
    const { desk, trade, settled } = scene();
    trade(7);
    expect(only(desk)).toBeUndefined();
    expect(settled).toMatchObject([{ clientOrderId: idOf(7), state: 'filled', exchangeOrderId: 'x7' }]);
    expect(desk.account.position.quantity.toFixed()).toBe('0.02');
    expect(desk.account.quoteFlow.toFixed()).toBe('-800.8');
    expect(desk.account.trades).toBe(1);
  });

  it('that ends unfilled is no trade', () => {
    const { desk, send, settled } = scene();
    send(7);
    desk.hear(idOf(7), report(7, 'expired'), []);
    expect(settled).toMatchObject([{ state: 'expired' }]);
    expect([only(desk), desk.account.trades]).toEqual([undefined, 0]);
  });

  it('is known by the id the exchange gave it, from the first news that says it', () => {
    const { desk, send } = scene();
    expect(desk.idOf('x7')).toBeUndefined();
    send(7);
    expect(desk.idOf('x7')).toBeUndefined();
    desk.hear(idOf(7), report(7, 'new'), []);
    expect(desk.idOf('x7')).toBe(idOf(7));
    expect(desk.idOf('x8')).toBeUndefined();
  });

  it('is not touched by news of others', () => {
    const { desk, send, settled } = scene();
    send(7);
    const before = only(desk);
    const rejected: SubmitOutcome = { outcome: 'rejected', code: '-1', reason: 'no' };
    submitted(desk, idOf(6), rejected);
    resolved(desk, idOf(6), report(6, 'filled', '0.02'), [fill(6)]);
    resolved(desk, idOf(6), undefined, []);
    desk.hear(undefined, undefined, [fill(6)]);
    desk.hear('somebody-elses', report(6, 'filled', '0.02'), [fill(6)]);
    expect(only(desk)).toBe(before);
    expect(settled).toEqual([]);
  });
});

describe('an answer', () => {
  it('may come when its order has ended, and then changes nothing', () => {
    const { desk, trade, settled } = scene();
    submitted(desk, idOf(7), { outcome: 'unknown', reason: 'timeout' });
    resolved(desk, idOf(7), undefined, []);
    trade(7);
    submitted(desk, idOf(7), { outcome: 'rejected', code: '-1', reason: 'late' });
    resolved(desk, idOf(7), undefined, []);
    expect(only(desk)).toBeUndefined();
    expect(settled).toHaveLength(1);
  });

  it('that says the order rests leaves it in flight, and asks for nothing', async () => {
    const { desk, send, pauses } = scene();
    send(7);
    submitted(desk, idOf(7), { outcome: 'acknowledged', report: report(7, 'new'), fills: [] });
    await turn();
    expect(only(desk)).toMatchObject({ state: 'acknowledged', exchangeOrderId: 'x7' });
    expect(pauses).toEqual([]);
  });

  it("of refusal ends the order with the exchange's reason", () => {
    const { desk, send, settled } = scene();
    send(7);
    submitted(desk, idOf(7), { outcome: 'rejected', code: '-2010', reason: 'no money' });
    expect(settled).toMatchObject([{ state: 'rejected', reason: '-2010: no money' }]);
  });

  it('that an adapter throws instead says nothing of the order: it is unknown, and asked for', async () => {
    const { desk, send, pauses } = scene({ submit: () => Promise.reject(new Error('socket hang up')) });
    send(7);
    await turn();
    expect(only(desk)).toMatchObject({ state: 'unknown', reason: 'socket hang up' });
    expect(pauses).toEqual([50]);
  });
});

describe('asking for an order', () => {
  it('begins after 50 ms, doubles the pause up to two seconds, and gives up only after a receive window', async () => {
    const { desk, send, until, pauses, settled } = scene({ order: async () => undefined }, { recvWindowMs: 6_000 });
    send(7);
    submitted(desk, idOf(7), { outcome: 'unknown', reason: 'timeout' });
    expect(only(desk)).toMatchObject({ state: 'unknown', reason: 'timeout' });
    await until(() => settled.length === 1);
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(settled).toMatchObject([{ state: 'rejected', reason: 'never reached the exchange' }]);
  });

  it('gives up exactly when the window has passed', async () => {
    const { desk, send, until, pauses, settled } = scene({ order: async () => undefined }, { recvWindowMs: 150 });
    send(7);
    submitted(desk, idOf(7), { outcome: 'unknown', reason: 'timeout' });
    await until(() => settled.length === 1);
    expect(pauses).toEqual([50, 100]);
  });

  it('takes the fills of that order and of no other, from two bars before it on', async () => {
    const asked: [string, number][] = [];
    const { desk, send, until, settled } = scene({
      order: async () => report(7, 'filled', '0.02'),
      fillsSince: async (symbol, since) => {
        asked.push([symbol, since]);
        return [fill(6), fill(7)];
      },
    });
    send(7);
    submitted(desk, idOf(7), { outcome: 'unknown', reason: 'timeout' });
    await until(() => settled.length === 1);
    expect([...(settled[0]?.fills.keys() ?? [])]).toEqual(['t7-1']);
    expect(asked).toEqual([['BTC/USDT', 5 * BAR]]);
  });

  it('never asks for fills from before the epoch', async () => {
    const asked: number[] = [];
    const { desk, send, until, settled } = scene({
      order: async () => report(1, 'filled', '0.02'),
      fillsSince: async (_symbol, since) => {
        asked.push(since);
        return [fill(1)];
      },
    });
    send(1);
    desk.ask();
    await until(() => settled.length === 1);
    expect(asked).toEqual([0]);
  });

  it('goes on while the exchange fails, counting and saying each failure', async () => {
    let fails = 3;
    const { desk, send, until, settled, counters, warnings } = scene({
      order: async () => {
        if (fails-- > 0) throw new Error('503');
        return report(7, 'filled', '0.02');
      },
      fillsSince: async () => [fill(7)],
    });
    send(7);
    desk.ask();
    await until(() => settled.length === 1);
    expect(counters.errors).toBe(3);
    expect(warnings).toEqual(Array(3).fill('the exchange did not say what became of an order; asking again'));
  });

  it('goes on while fills are missing that the exchange has counted', async () => {
    let asked = 0;
    const { desk, send, until, settled } = scene({
      order: async () => report(7, 'filled', '0.02'),
      fillsSince: async () => (++asked < 3 ? [fill(7, 1, '0.01')] : [fill(7, 1, '0.01'), fill(7, 2, '0.01')]),
    });
    send(7);
    desk.hear(idOf(7), report(7, 'filled', '0.02'), []);
    expect(only(desk)?.state).toBe('filled');
    await until(() => settled.length === 1);
    expect(asked).toBe(3);
    expect(desk.account.position.quantity.toFixed()).toBe('0.02');
  });

  it('never gives up an order that the exchange has acknowledged', () => {
    const { desk, send, settled } = scene();
    send(7);
    desk.hear(idOf(7), report(7, 'new', '0'), []);
    resolved(desk, idOf(7), undefined, []);
    expect(only(desk)?.state).toBe('acknowledged');
    expect(settled).toEqual([]);
  });

  it('never gives up an order that has filled or ended, whatever the exchange has forgotten', () => {
    const { desk, send, settled } = scene();
    send(7);
    desk.hear(idOf(7), undefined, [fill(7, 1, '0.01')]);
    resolved(desk, idOf(7), undefined, []);
    expect(only(desk)?.state).toBe('partially_filled');
    desk.hear(idOf(7), report(7, 'filled', '0.02'), []);
    resolved(desk, idOf(7), undefined, []);
    expect(only(desk)?.state).toBe('filled');
    expect(settled).toEqual([]);
  });

  it('keeps what the stream has said when the answer is lost after it', async () => {
    const { desk, send, until, settled, warnings } = scene({
      order: async () => report(7, 'filled', '0.02'),
      fillsSince: async () => [fill(7)],
    });
    send(7);
    desk.hear(idOf(7), report(7, 'new'), []);
    submitted(desk, idOf(7), { outcome: 'unknown', reason: 'timeout' });
    expect(only(desk)).toMatchObject({ state: 'acknowledged', reason: null });
    await until(() => settled.length === 1);
    expect(warnings).toEqual(['no answer to an order: asking the exchange for it']);
  });

  it('is done once at a time, and not at all without an order', async () => {
    let asked = 0;
    const { desk, send, pauses } = scene({
      order: async () => {
        asked += 1;
        return never();
      },
    });
    desk.ask();
    await turn();
    expect(pauses).toEqual([]);
    send(7);
    desk.ask();
    desk.ask();
    await turn();
    await turn();
    expect([pauses, asked]).toEqual([[50], 1]);
  });

  it('for one order does not end the asking for the next', async () => {
    const asked: string[] = [];
    const { desk, send, until, settled } = scene({
      order: async (_symbol, id) => {
        asked.push(id);
        return id === idOf(8) ? report(8, 'filled', '0.02') : undefined;
      },
      fillsSince: async () => [fill(8)],
    });
    send(7);
    desk.ask();
    desk.hear(idOf(7), report(7, 'filled', '0.02'), [fill(7)]);
    send(8);
    desk.ask();
    await until(() => settled.length === 2);
    expect(asked).toEqual([idOf(8)]);
    send(9);
    desk.ask();
    await until(() => asked.includes(idOf(9)));
    desk.close();
  });

  it('ends when the desk is closed', async () => {
    const { desk, send, until, pauses } = scene({ order: async () => undefined });
    send(7);
    desk.ask();
    await until(() => pauses.length === 2);
    desk.close();
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect(pauses.length).toBeLessThanOrEqual(3);
    expect(only(desk)?.state).toBe('sent');
  });
});

describe('late news', () => {
  it('of what is booked is no news', () => {
    const { desk, trade } = scene();
    trade(7);
    const { account } = desk;
    desk.hear(idOf(7), report(7, 'filled', '0.02'), [fill(7)]);
    desk.hear(idOf(7), report(7, 'new'), []);
    desk.hear(idOf(7), undefined, []);
    expect(desk.account).toBe(account);
  });

  it.each([
    ['a fill', undefined, [fill(7, 2)]],
    ['a fill beside a known one', undefined, [fill(7), fill(7, 2)]],
    ['a report', report(7, 'filled', '0.03'), []],
  ] as const)('%s beyond what was booked means that the books are wrong', (_what, late, fills) => {
    const { desk, trade } = scene();
    trade(7);
    expect(() => desk.hear(idOf(7), late, fills)).toThrow(
      `orders of ${slot} that move must have ended with what was booked, ${idOf(7)} did not`,
    );
  });

  it('of an order of this slot that another trader sent means that there are two', () => {
    const { desk } = scene();
    expect(() => desk.hear(idOf(7, 2), report(7, 'new'), [])).toThrow(
      `orders of ${slot} that move must be of epoch 1, ${idOf(7, 2)} did not`,
    );
  });

  it('of an order from before a restart was dealt with by recovery', () => {
    const { desk } = scene({}, { fence: { epoch: 2, holds: () => true }, decidedBars: new Set([7 * BAR]) });
    expect(() => desk.hear(idOf(7), report(7, 'filled', '0.02'), [fill(7)])).not.toThrow();
    expect(() => desk.hear(idOf(8), report(8, 'filled', '0.02'), [fill(8)])).toThrow('must be of epoch 2');
  });

  it('is compared with the last hundred orders', () => {
    const { desk, trade } = scene();
    for (let bar = 1; bar <= 101; bar += 1) trade(bar);
    expect(() => desk.hear(idOf(1), undefined, [fill(1, 2)])).not.toThrow();
    expect(() => desk.hear(idOf(2), undefined, [fill(2, 2)])).toThrow('what was booked');
    expect(() => desk.hear(idOf(101), undefined, [fill(101, 2)])).toThrow('what was booked');
  });
});
