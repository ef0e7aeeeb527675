import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type {
  CancelOutcome,
  Fill,
  OrderReport,
  OrderStatus,
  ReplaceOutcome,
} from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair } from '../../../src/core/risk/approved-order.ts';
import { clientOrderId, type Leg } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { OrderDesk, type OrderDeskOptions, type OrderDeskPorts } from '../../../src/core/trading/order-desk.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { openAccount } from '../../../src/core/trading/slot-account.ts';
import { BAR, quiet, rules, slot } from '../../support/engine-harness.ts';

const idOf = (leg: Leg, attempt = 0, epoch = 1) =>
  clientOrderId({ slot, barClose: epochMillis(7 * BAR), leg, attempt, epoch });
const order = (leg: Leg, attempt = 0, size = '0.5'): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: idOf(leg, attempt),
    side: leg === 'entry' ? 'buy' : 'sell',
    type: leg === 'stop_loss' ? 'stop' : leg === 'take_profit' ? 'post_only' : 'market',
    quantity: quantity(size),
    referencePrice: price('100'),
    ...(leg === 'stop_loss' ? { stopPrice: price('90') } : {}),
    ...(leg === 'take_profit' ? { limitPrice: price('110') } : {}),
  }) as unknown as ApprovedOrder;
const purpose = (leg: Leg) => ({ leg, barClose: epochMillis(7 * BAR), modelHash: null });
const report = (leg: Leg, status: OrderStatus, filled = '0', attempt = 0): OrderReport => ({
  symbol: 'BTC/USDT',
  clientOrderId: idOf(leg, attempt),
  exchangeOrderId: `x-${leg}-${attempt}`,
  side: leg === 'entry' ? 'buy' : 'sell',
  status,
  quantity: quantity('0.5'),
  filled: quantity(filled),
  updatedAt: epochMillis(8 * BAR),
});
const fill = (leg: Leg, amount: string, trade = '1', attempt = 0): Fill => ({
  symbol: 'BTC/USDT',
  tradeId: `${leg}${attempt}-${trade}`,
  exchangeOrderId: `x-${leg}-${attempt}`,
  clientOrderId: idOf(leg, attempt),
  side: leg === 'entry' ? 'buy' : 'sell',
  price: price('100'),
  quantity: quantity(amount),
  fee: ZERO,
  feeAsset: 'USDT',
  executedAt: epochMillis(8 * BAR),
});

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => new Promise<never>(() => undefined);

function scene(exchange: Partial<OrderDeskPorts['exchange']> = {}, options: Partial<OrderDeskOptions> = {}) {
  const pauses: number[] = [];
  const settled: OwnOrder[] = [];
  const counters = { orders: 0, cancels: 0, errors: 0 };
  let now = 0;
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
      log: quiet,
      journal: {
        decision() {},
        transferred() {},
        intent() {},
        settled: (own) => settled.push(own),
        marked() {},
        swapped() {},
        failed() {},
        flush: async () => undefined,
      },
    },
    (news) => desk.answered(news),
  );
  const until = async (holds: () => boolean) => {
    for (let turns = 0; turns < 500 && !holds(); turns += 1) await turn();
    expect(holds()).toBe(true);
  };
  const rest = (leg: Leg, attempt = 0) => {
    desk.send(order(leg, attempt), purpose(leg));
    const outcome = { outcome: 'acknowledged', report: report(leg, 'new', '0', attempt), fills: [] } as const;
    desk.answered({ kind: 'submitted', id: idOf(leg, attempt), outcome });
  };
  const states = () => Object.fromEntries([...desk.open.values()].map((own) => [own.clientOrderId, own.state]));
  return { desk, until, rest, states, settled, counters, pauses };
}

describe('several open orders of a line', () => {
  it('are kept apart: what is heard of one changes no other', () => {
    const { desk, rest, states } = scene();
    rest('stop_loss');
    rest('entry');
    desk.hear(idOf('entry'), undefined, [fill('entry', '0.2')]);
    expect(states()).toEqual({ [idOf('stop_loss')]: 'acknowledged', [idOf('entry')]: 'partially_filled' });
    expect(desk.idOf('x-stop_loss-0')).toBe(idOf('stop_loss'));
    expect(desk.idOf('x-entry-0')).toBe(idOf('entry'));
  });

  it('are in what is decided with as far as they have filled, and in the books when they have ended', () => {
    const { desk, rest, settled } = scene();
    rest('entry');
    desk.hear(idOf('entry'), undefined, [fill('entry', '0.2')]);
    expect([desk.account, desk.effective].map((at) => at.position.quantity.toFixed())).toEqual(['0', '0.2']);
    expect(desk.effective).toMatchObject({ trades: 0, holding: { since: 7 * BAR } });
    desk.hear(idOf('entry'), report('entry', 'cancelled', '0.2'), []);
    expect([desk.account, desk.effective].map((at) => at.position.quantity.toFixed())).toEqual(['0.2', '0.2']);
    expect([desk.account.trades, settled.length]).toEqual([1, 1]);
  });

  it('count every change, and no repetition of what is known', () => {
    const { desk, rest } = scene();
    rest('entry');
    const before = desk.revision;
    desk.hear(idOf('entry'), report('entry', 'new'), []);
    expect(desk.revision).toBe(before);
    desk.hear(idOf('entry'), undefined, [fill('entry', '0.2')]);
    expect(desk.revision).toBeGreaterThan(before);
    const after = desk.revision;
    desk.hear(idOf('entry'), undefined, [fill('entry', '0.2')]);
    expect(desk.revision).toBe(after);
  });

  it('may have rested since before this start: late news of them is no other trader’s', () => {
    const adopted: OwnOrder = {
      clientOrderId: idOf('stop_loss', 0, 1),
      exchangeOrderId: 'x-stop_loss-0',
      symbol: 'BTC/USDT',
      side: 'sell',
      leg: 'stop_loss',
      type: 'stop',
      quantity: quantity('0.5'),
      limitPrice: null,
      stopPrice: price('90'),
      pairId: null,
      barClose: epochMillis(7 * BAR),
      modelHash: null,
      state: 'acknowledged',
      filled: quantity('0'),
      fills: new Map(),
      updatedAt: epochMillis(7 * BAR),
      reason: null,
    };
    const { desk, settled } = scene({}, { openOrders: [adopted], fence: { epoch: 5, holds: () => true } });
    expect(desk.isWaiting).toBe(false);
    desk.hear(idOf('stop_loss'), report('stop_loss', 'filled', '0.5'), [fill('stop_loss', '0.5')]);
    desk.hear(idOf('stop_loss'), report('stop_loss', 'filled', '0.5'), [fill('stop_loss', '0.5')]);
    expect(settled).toMatchObject([{ leg: 'stop_loss', state: 'filled' }]);
    expect(() => desk.hear(idOf('stop_loss', 1, 1), report('stop_loss', 'new'), [])).toThrow('must be of epoch 5');
  });
});

describe('asking for one of them', () => {
  it('leaves the exchange alone for as long as it wants', async () => {
    let refusals = 1;
    const { desk, until, pauses, states } = scene({
      order: async () => {
        if (refusals-- > 0) throw new AresError('EXCHANGE_UNAVAILABLE', '429', { retryAfterMs: 7_000 });
        return report('entry', 'new');
      },
    });
    desk.send(order('entry'), purpose('entry'));
    desk.answered({ kind: 'submitted', id: idOf('entry'), outcome: { outcome: 'unknown', reason: 'timeout' } });
    await until(() => states()[idOf('entry')] === 'acknowledged');
    expect(pauses).toEqual([50, 7_000]);
  });

  it('ends when it is said to rest, and begins again when it is needed', async () => {
    let asked = 0;
    const { desk, until } = scene({
      order: async () => {
        asked += 1;
        return report('stop_loss', 'new');
      },
    });
    desk.send(order('stop_loss'), purpose('stop_loss'));
    desk.answered({
      kind: 'submitted',
      id: idOf('stop_loss'),
      outcome: { outcome: 'unknown', reason: 'timeout' },
    });
    await until(() => !desk.isWaiting);
    expect(asked).toBe(1);
    desk.ask(idOf('stop_loss'));
    expect(desk.isWaiting).toBe(true);
    await until(() => !desk.isWaiting);
    expect(asked).toBe(2);
  });

  it('goes on for each by itself', async () => {
    const { desk, until, states } = scene({
      order: async (_symbol, id) => (id === idOf('entry') ? undefined : report('stop_loss', 'new')),
    });
    for (const leg of ['entry', 'stop_loss'] as const) {
      desk.send(order(leg), purpose(leg));
      desk.answered({ kind: 'submitted', id: idOf(leg), outcome: { outcome: 'unknown', reason: 'timeout' } });
    }
    await until(() => states()[idOf('stop_loss')] === 'acknowledged');
    expect(states()[idOf('entry')]).toBe('unknown');
    await until(() => !(idOf('entry') in states()));
    expect(states()).toEqual({ [idOf('stop_loss')]: 'acknowledged' });
  });
});

describe('a cancel', () => {
  const cancelled: CancelOutcome = { outcome: 'cancelled', report: report('stop_loss', 'cancelled') };

  it('ends the order when the exchange says so, and is sent once until then', async () => {
    const asked: string[] = [];
    const answer = Promise.withResolvers<CancelOutcome>();
    const { desk, rest, until, settled, counters } = scene({
      cancel: (_symbol, id) => {
        asked.push(id);
        return answer.promise;
      },
    });
    rest('stop_loss');
    desk.cancel(idOf('stop_loss'));
    desk.cancel(idOf('stop_loss'));
    desk.cancel(idOf('entry'));
    expect([asked, desk.isWaiting, counters.cancels]).toEqual([[idOf('stop_loss')], true, 1]);
    answer.resolve(cancelled);
    await until(() => settled.length === 1);
    expect(settled).toMatchObject([{ state: 'cancelled' }]);
    expect(desk.isWaiting).toBe(false);
  });

  it.each([
    ['is not answered', async (): Promise<CancelOutcome> => ({ outcome: 'unknown', reason: 'timeout' })],
    ['fails', async (): Promise<CancelOutcome> => Promise.reject(new Error('socket hang up'))],
    ['comes too late', async (): Promise<CancelOutcome> => ({ outcome: 'not_open' })],
  ])('that %s says nothing: the exchange is asked, and the fills it counted are fetched', async (_how, cancel) => {
    const { desk, rest, until, settled } = scene({
      cancel,
      order: async () => report('stop_loss', 'filled', '0.5'),
      fillsSince: async () => [fill('stop_loss', '0.5')],
    });
    rest('stop_loss');
    desk.cancel(idOf('stop_loss'));
    await until(() => settled.length === 1);
    expect(settled[0]).toMatchObject({ state: 'filled' });
    expect(desk.account.position.quantity.toFixed()).toBe('-0.5');
  });

  it('that did not arrive leaves the order resting, to be cancelled again', async () => {
    const { desk, rest, until, states } = scene({
      cancel: async () => ({ outcome: 'unknown', reason: 'timeout' }),
      order: async () => report('stop_loss', 'new'),
    });
    rest('stop_loss');
    desk.cancel(idOf('stop_loss'));
    await until(() => !desk.isWaiting);
    expect(states()).toEqual({ [idOf('stop_loss')]: 'acknowledged' });
    expect([...desk.open.values()].every((own) => desk.isAtRest(own))).toBe(true);
  });

  it('is not sent without the lease', () => {
    let held = true;
    const { desk, rest } = scene({}, { fence: { epoch: 1, holds: () => held } });
    rest('stop_loss');
    held = false;
    expect(() => desk.cancel(idOf('stop_loss'))).toThrow('must be held');
    expect(() => desk.replace(idOf('stop_loss'), order('exit'), purpose('exit'))).toThrow('must be held');
  });
});

describe('a replacement', () => {
  const rejected = { code: '-2022', reason: 'no' } as const;
  const old = report('stop_loss', 'cancelled');

  async function replacedBy(outcome: ReplaceOutcome, exchange: Partial<OrderDeskPorts['exchange']> = {}) {
    const stage = scene({ replace: async () => outcome, ...exchange });
    stage.rest('stop_loss');
    stage.desk.replace(idOf('stop_loss'), order('exit'), purpose('exit'));
    await stage.until(() => !stage.desk.isWaiting);
    return { ...stage, ended: stage.settled.map(({ leg, state }) => `${leg} ${state}`) };
  }

  it('that was made ends the one and begins the other', async () => {
    const { ended, desk } = await replacedBy({
      outcome: 'replaced',
      cancelled: old,
      report: report('exit', 'filled', '0.5'),
      fills: [fill('exit', '0.5')],
    });
    expect(ended).toEqual(['stop_loss cancelled', 'exit filled']);
    expect(desk.open.size).toBe(0);
  });

  it('that was half made ends both', async () => {
    const { ended } = await replacedBy({ outcome: 'cancelled_only', cancelled: old, ...rejected });
    expect(ended).toEqual(['stop_loss cancelled', 'exit rejected']);
  });

  it('that was not made leaves open what became of the first: it is asked for', async () => {
    const resting = await replacedBy(
      { outcome: 'kept', ...rejected },
      { order: async () => report('stop_loss', 'new') },
    );
    expect(resting.ended).toEqual(['exit rejected']);
    expect(resting.states()).toEqual({ [idOf('stop_loss')]: 'acknowledged' });
    const traded = await replacedBy(
      { outcome: 'kept', ...rejected },
      { order: async () => report('stop_loss', 'filled', '0.5'), fillsSince: async () => [fill('stop_loss', '0.5')] },
    );
    expect(traded.ended).toEqual(['exit rejected', 'stop_loss filled']);
  });

  it('without an answer is asked for, both orders of it', async () => {
    const asked = new Set<string>();
    const { ended } = await replacedBy(
      { outcome: 'unknown', reason: 'timeout' },
      {
        order: async (_symbol, id) => {
          asked.add(id);
          return id === idOf('exit') ? report('exit', 'filled', '0.5') : old;
        },
        fillsSince: async () => [fill('exit', '0.5')],
      },
    );
    expect(asked).toEqual(new Set([idOf('exit'), idOf('stop_loss')]));
    expect(ended.sort()).toEqual(['exit filled', 'stop_loss cancelled']);
  });
});

describe('a pair', () => {
  const pair: ApprovedPair = {
    listClientOrderId: idOf('pair'),
    stopLoss: order('stop_loss'),
    takeProfit: order('take_profit'),
  };
  const orderOf = (state: 'new' | 'cancelled') => async (_symbol: string, id: string) =>
    id === idOf('stop_loss') ? report('stop_loss', state) : report('take_profit', state);

  it('rests as two orders of one list', () => {
    const { desk, states } = scene();
    desk.sendPair(pair, purpose('pair'));
    desk.answered({
      kind: 'pair-submitted',
      pairId: idOf('pair'),
      outcome: {
        outcome: 'acknowledged',
        stopLoss: report('stop_loss', 'new'),
        takeProfit: report('take_profit', 'new'),
      },
    });
    expect(states()).toEqual({ [idOf('stop_loss')]: 'acknowledged', [idOf('take_profit')]: 'acknowledged' });
    expect([...desk.open.values()].map(({ pairId }) => pairId)).toEqual([idOf('pair'), idOf('pair')]);
  });

  it('that is refused never was, neither of them', async () => {
    const { desk, until, settled } = scene({
      submitPair: async () => ({ outcome: 'rejected', code: '-1', reason: 'no' }),
    });
    desk.sendPair(pair, purpose('pair'));
    await until(() => settled.length === 2);
    expect(settled).toMatchObject([{ state: 'rejected', reason: '-1: no' }, { state: 'rejected' }]);
  });

  it('without an answer is asked for, each of the two', async () => {
    const { desk, until, states } = scene({
      submitPair: async () => ({ outcome: 'unknown', reason: 'timeout' }),
      order: orderOf('new'),
    });
    desk.sendPair(pair, purpose('pair'));
    await until(() => Object.values(states()).every((state) => state === 'acknowledged'));
    expect(Object.keys(states())).toHaveLength(2);
  });

  it('of which one has ended has the other asked for: its end may not have been heard', async () => {
    const { desk, until, settled } = scene({ order: orderOf('cancelled') });
    desk.sendPair(pair, purpose('pair'));
    for (const leg of ['stop_loss', 'take_profit'] as const) desk.hear(idOf(leg), report(leg, 'new'), []);
    desk.hear(idOf('take_profit'), report('take_profit', 'filled', '0.5'), [fill('take_profit', '0.5')]);
    await until(() => settled.length === 2);
    expect(settled.map(({ leg, state }) => `${leg} ${state}`)).toEqual(['take_profit filled', 'stop_loss cancelled']);
  });
});
