import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill, OrderReport, OrderStatus } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { clientOrderId, type Leg } from '../../../src/core/trading/client-order-id.ts';
import type { OrderNews } from '../../../src/core/trading/engine-message.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { OrderDesk } from '../../../src/core/trading/order-desk.ts';
import { type OwnOrder, ownOrderToJson } from '../../../src/core/trading/own-order.ts';
import { accountToJson, openAccount } from '../../../src/core/trading/slot-account.ts';
import { BAR, quiet, rules, slot } from '../../support/engine-harness.ts';

/** What happened to an order on the exchange. */
interface Story {
  readonly leg: Leg;
  readonly limit: boolean;
  /** In hundredths, each at its price. */
  readonly fills: readonly { readonly size: number; readonly at: number; readonly baseFee: boolean }[];
  readonly ending: 'filled' | 'cancelled' | 'expired';
}

type Heard =
  | { readonly by: 'stream'; readonly report?: OrderReport; readonly fill?: Fill }
  | { readonly by: 'answer'; readonly news: OrderNews };

const WHOLE = 100;
const idOf = (leg: Leg, bar: number) =>
  clientOrderId({ slot, barClose: epochMillis(bar * BAR), leg, attempt: 0, epoch: 1 });
const sized = (hundredths: number) => quantity((hundredths / 100).toFixed(2));

function tell(story: Story, bar: number) {
  const id = idOf(story.leg, bar);
  const side = story.leg === 'entry' ? 'buy' : 'sell';
  const order = {
    symbol: 'BTC/USDT',
    clientOrderId: id,
    side,
    type: story.limit ? 'limit' : 'market',
    quantity: sized(WHOLE),
    referencePrice: price('100'),
    ...(story.limit ? { limitPrice: price('100') } : {}),
  } as unknown as ApprovedOrder;
  const fills = story.fills.map(
    ({ size, at, baseFee }, part): Fill => ({
      symbol: 'BTC/USDT',
      tradeId: `${bar}00${part}`,
      exchangeOrderId: `x${bar}`,
      clientOrderId: id,
      side,
      price: price(String(at)),
      quantity: sized(size),
      fee: decimal('0.001'),
      feeAsset: baseFee ? 'BTC' : 'USDT',
      executedAt: epochMillis(bar * BAR + part),
    }),
  );
  const sums: number[] = [];
  for (const { size } of story.fills) sums.push((sums.at(-1) ?? 0) + size);
  const report = (status: OrderStatus, sum: number, at: number): OrderReport => ({
    symbol: 'BTC/USDT',
    clientOrderId: id,
    exchangeOrderId: `x${bar}`,
    side,
    status,
    quantity: sized(WHOLE),
    filled: sized(sum),
    updatedAt: epochMillis(bar * BAR + at),
  });
  const acknowledged = report('new', 0, 0);
  const last = report(story.ending, sums.at(-1) ?? 0, 1_000);
  const heard: Heard[] = [
    { by: 'stream', report: acknowledged },
    ...fills.map((fill): Heard => ({ by: 'stream', fill })),
    ...sums.map((sum, part): Heard => ({ by: 'stream', report: report('partially_filled', sum, part) })),
    { by: 'stream', report: last },
    {
      by: 'answer',
      news: {
        kind: 'submitted',
        id,
        outcome: { outcome: 'acknowledged', report: acknowledged, fills: fills.slice(0, 1) },
      },
    },
    { by: 'answer', news: { kind: 'submitted', id, outcome: { outcome: 'unknown', reason: 'timeout' } } },
    { by: 'answer', news: { kind: 'resolved', id, report: last, fills } },
  ];
  return { order, heard, wholeTruth: { kind: 'resolved', id, report: last, fills } as OrderNews };
}

/** The books after the desk has heard all that, in that order; in the end the exchange is asked, as it always is when something is missing. */
function hear(stories: readonly { story: Story; order: readonly number[] }[]) {
  const settled: OwnOrder[] = [];
  const never = () => new Promise<never>(() => undefined);
  const desk = new OrderDesk(
    {
      slot,
      rules,
      barMillis: BAR,
      account: openAccount({ base: decimal('0'), quote: decimal('10000') }, decimal('10000')),
      openOrders: [],
      limits: () => ({ maxConsecutiveLosses: 1, coolDownMinutes: 5 }),
      decidedBars: new Set(),
      fence: { epoch: 1, holds: () => true },
      recvWindowMs: 1_000,
      counters: { orders: 0, cancels: 0, errors: 0 },
    },
    {
      exchange: {
        submit: never,
        submitPair: never,
        replace: never,
        cancel: never,
        order: never,
        fillsSince: never,
      },
      monotonic: { now: () => 0 },
      timers: { sleep: never, every: () => () => undefined },
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
    () => undefined,
  );
  for (const [index, { story, order }] of stories.entries()) {
    const told = tell(story, index + 1);
    desk.send(told.order, { leg: story.leg, barClose: epochMillis((index + 1) * BAR), modelHash: null });
    for (const at of order) {
      const news = told.heard[at % told.heard.length] as Heard;
      if (news.by === 'answer') desk.answered(news.news);
      else if (news.report) desk.hear(told.order.clientOrderId, news.report, []);
      else if (news.fill) desk.hear(told.order.clientOrderId, undefined, [news.fill]);
    }
    desk.answered(told.wholeTruth);
  }
  return {
    open: desk.open.size,
    account: accountToJson(desk.account),
    effective: accountToJson(desk.effective),
    orders: settled.map((own) => {
      const { reason: _varies, ...order } = ownOrderToJson(own);
      return { ...order, fills: [...own.fills.keys()].sort() };
    }),
  };
}

const partsOf = fc
  .array(
    fc.record({ size: fc.integer({ min: 1, max: 40 }), at: fc.integer({ min: 50, max: 150 }), baseFee: fc.boolean() }),
    {
      maxLength: 5,
    },
  )
  .map((parts) => {
    let left = WHOLE;
    const taken = parts.map((part) => {
      const size = Math.min(part.size, left);
      left -= size;
      return { ...part, size };
    });
    return taken.filter(({ size }) => size > 0);
  });
const story = (leg: Leg): fc.Arbitrary<Story> =>
  fc.record({ leg: fc.constant(leg), limit: fc.boolean(), fills: partsOf, cancelled: fc.boolean() }).map((drawn) => {
    const all = drawn.fills.reduce((sum, { size }) => sum + size, 0) === WHOLE;
    return {
      ...drawn,
      ending: all ? ('filled' as const) : drawn.cancelled ? ('cancelled' as const) : ('expired' as const),
    };
  });
const order = fc.array(fc.nat(40), { maxLength: 40 });

describe('news of orders', () => {
  it('lead to the same orders and books, whatever comes first, twice, late, or only when asked for', () => {
    const legs = fc.tuple(story('entry'), story('exit'), story('entry'));
    fc.assert(
      fc.property(legs, fc.tuple(order, order, order), fc.tuple(order, order, order), (stories, one, other) => {
        const play = (orders: readonly (readonly number[])[]) =>
          hear(stories.map((each, index) => ({ story: each, order: orders[index] as readonly number[] })));
        const straight = play([[], [], []]);
        expect(straight.open).toBe(0);
        expect(play(one)).toEqual(straight);
        expect(play(other)).toEqual(straight);
        expect(straight.effective).toEqual(straight.account);
      }),
      { numRuns: 300 },
    );
  });
});
