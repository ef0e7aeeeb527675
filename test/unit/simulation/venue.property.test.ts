import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createVenue, emptyVenue, type Venue } from '../../../src/core/simulation/venue.ts';
import type { OrderDraft, VenueEvent, VenueOrderType, VenueTrade } from '../../../src/core/simulation/venue-order.ts';
import { lockedBy } from '../../../src/core/simulation/working-order.ts';
import { type Decimal, decimal, ZERO } from '../../../src/core/trading/money.ts';

const rules = simulatedMarketRules('BTC/USDT');
const START = { BTC: '0.5', USDT: '20000' };

type Action =
  | { readonly kind: 'move'; readonly price: number; readonly volume: number; readonly continuous: boolean }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'replace'; readonly pick: number; readonly steps: number; readonly price: number }
  | {
      readonly kind: 'pair';
      readonly side: 'buy' | 'sell';
      readonly steps: number;
      readonly above: number;
      readonly below: number;
      readonly byLimit: boolean;
    }
  | {
      readonly kind: 'place';
      readonly type: VenueOrderType;
      readonly side: 'buy' | 'sell';
      readonly timeInForce: 'gtc' | 'ioc' | 'fok';
      readonly steps: number;
      readonly price: number;
      readonly stop: number;
      readonly byQuote: boolean;
    };

const queue = fc.constantFrom('none' as const, 'volume' as const);
const ticks = fc.integer({ min: 3_900_000, max: 4_100_000 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      price: ticks.map((n) => n / 100),
      volume: fc.double({ min: 0, max: 20, noNaN: true }),
      continuous: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      pick: fc.nat(20),
      steps: fc.integer({ min: 1, max: 60_000 }),
      price: ticks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pair' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      steps: fc.integer({ min: 1, max: 60_000 }),
      above: fc.integer({ min: 4_000_000, max: 4_100_000 }),
      below: fc.integer({ min: 3_900_000, max: 4_000_000 }),
      byLimit: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      type: fc.constantFrom<VenueOrderType>(
        'market',
        'limit',
        'limit_maker',
        'stop_loss',
        'stop_loss_limit',
        'take_profit',
        'take_profit_limit',
      ),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      timeInForce: fc.constantFrom('gtc' as const, 'ioc' as const, 'fok' as const),
      steps: fc.integer({ min: 1, max: 60_000 }),
      price: ticks,
      stop: ticks,
      byQuote: fc.boolean(),
    }),
  },
);

const limitOf = ({ steps, price }: { readonly steps: number; readonly price: number }, at: number): OrderDraft => ({
  clientOrderId: `order-${at}`,
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: rules.quantityStep.times(steps),
  price: rules.priceStep.times(price),
});

function performPair(venue: Venue, step: Extract<Action, { kind: 'pair' }>, at: number): readonly VenueEvent[] {
  const quantity = rules.quantityStep.times(step.steps);
  const half = (name: string, price: number, isStop: boolean): OrderDraft => ({
    clientOrderId: `${name}-${at}`,
    side: step.side,
    type: isStop ? 'stop_loss' : step.byLimit ? 'limit_maker' : 'take_profit',
    timeInForce: 'gtc',
    quantity,
    price: rules.priceStep.times(price),
    stopPrice: rules.priceStep.times(price),
  });
  const placed = venue.placePair(
    {
      listClientOrderId: `pair-${at}`,
      above: half('above', step.above, step.side === 'buy'),
      below: half('below', step.below, step.side === 'sell'),
    },
    epochMillis(at),
  );
  return placed.outcome === 'accepted' ? placed.events : [];
}

function perform(venue: Venue, step: Action, at: number): readonly VenueEvent[] {
  const time = epochMillis(at);
  if (step.kind === 'move') return venue.moveTo({ at: time, traded: step.volume / 4, ...step });
  if (step.kind === 'pair') return performPair(venue, step, at);
  if (step.kind === 'cancel') {
    const open = venue.openOrders();
    const order = open[step.pick % Math.max(1, open.length)];
    return (order && venue.cancel(order.id, time)) ?? [];
  }
  if (step.kind === 'replace') {
    const open = venue.openOrders();
    const done = venue.replace(open[step.pick % Math.max(1, open.length)]?.id, limitOf(step, at), time);
    if (done.outcome === 'refused') return [];
    return [...(done.cancelled ?? []), ...(done.placed?.outcome === 'accepted' ? done.placed.events : [])];
  }
  const limited = step.type.includes('limit');
  const amount =
    step.byQuote && step.type === 'market'
      ? { quoteQuantity: decimal('0.4').times(step.steps) }
      : { quantity: rules.quantityStep.times(step.steps) };
  const placed = venue.place(
    {
      clientOrderId: `order-${at}`,
      side: step.side,
      type: step.type,
      timeInForce: step.timeInForce,
      ...amount,
      ...(limited ? { price: rules.priceStep.times(step.price) } : {}),
      stopPrice: rules.priceStep.times(step.stop),
    },
    time,
  );
  return placed.outcome === 'accepted' ? placed.events : [];
}

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((total, amount) => total.plus(amount), ZERO);
const tradesOf = (events: readonly VenueEvent[]): VenueTrade[] =>
  events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));

function expectBooksToBalance(venue: Venue, trades: readonly VenueTrade[]): void {
  const bought = trades.filter(({ side }) => side === 'buy');
  const sold = trades.filter(({ side }) => side === 'sell');
  const fees = (asset: string) => sum(trades.filter(({ feeAsset }) => feeAsset === asset).map(({ fee }) => fee));
  const held = (asset: string) => venue.balance(asset).free.plus(venue.balance(asset).locked);
  const base = decimal(START.BTC)
    .plus(sum(bought.map(({ quantity }) => quantity)))
    .minus(sum(sold.map(({ quantity }) => quantity)));
  const quote = decimal(START.USDT)
    .minus(sum(bought.map(({ cost }) => cost)))
    .plus(sum(sold.map(({ cost }) => cost)));
  expect(held('BTC').toFixed()).toBe(base.minus(fees('BTC')).toFixed());
  expect(held('USDT').toFixed()).toBe(quote.minus(fees('USDT')).toFixed());
  // Of a pair the larger lock counts, and only that.
  const byHolder = new Map<string, { asset: string; amount: Decimal }>();
  for (const order of venue.openOrders()) {
    const key = order.listId === null ? `order ${order.id}` : `pair ${order.listId}`;
    const [lock, before] = [lockedBy(order, rules), byHolder.get(key)];
    if (!before || lock.amount.gt(before.amount)) byHolder.set(key, lock);
  }
  const locked = (asset: string) =>
    sum([...byHolder.values()].filter((lock) => lock.asset === asset).map(({ amount }) => amount));
  for (const asset of ['BTC', 'USDT']) {
    expect(venue.balance(asset).free.gte(0)).toBe(true);
    expect(venue.balance(asset).locked.toFixed()).toBe(locked(asset).toFixed());
  }
}

/** Of a pair only one order trades, and both end together. */
function expectOneOfEachPair(venue: Venue, events: readonly VenueEvent[]): void {
  const traded = new Map<number, Set<number>>();
  for (const { kind, order } of events) {
    if (kind === 'trade' && order.listId !== null) {
      traded.set(order.listId, (traded.get(order.listId) ?? new Set()).add(order.id));
    }
  }
  for (const ids of traded.values()) expect(ids.size).toBe(1);
  const started = events.filter(({ kind }) => kind === 'pair_started').length;
  const done = events.filter(({ kind }) => kind === 'pair_done').length;
  expect(started - done).toBe(venue.openPairs().length);
  for (const pair of venue.openPairs()) {
    expect(venue.openOrders().some(({ listId }) => listId === pair.listId)).toBe(true);
  }
}

function expectFillsToBeFair(events: readonly VenueEvent[]): void {
  for (const event of events) {
    const { order } = event;
    expect(order.filled.lte(order.quantity)).toBe(true);
    if (event.kind !== 'trade' || order.price.eq(0)) continue;
    const { price } = event.trade;
    expect(order.side === 'buy' ? price.lte(order.price) : price.gte(order.price)).toBe(true);
  }
}

/** Worked out order by order: nothing lies at or past its price. */
function isQuietByHand(venue: Venue, price: number): boolean {
  return venue.openOrders().every((order) => {
    const waits = order.workingAt === null;
    const falls = waits ? order.type.startsWith('stop_loss') === (order.side === 'sell') : order.side === 'buy';
    const own = Number(waits ? order.stopPrice : order.price);
    return falls ? price > own : price < own;
  });
}

describe('a quiet range', () => {
  it('is known without looking at every order, and leaves every order as it is', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), queue, (actions, model) => {
        const venue = createVenue(rules, emptyVenue(START), { queue: model });
        venue.moveTo({ at: epochMillis(0), price: 40_000, volume: 5, continuous: false });
        for (const [i, step] of actions.entries()) {
          const quiet = step.kind === 'move' && isQuietByHand(venue, step.price);
          if (step.kind === 'move') expect(venue.isQuiet(step.price, step.price)).toBe(quiet);
          const events = perform(venue, step, i + 1);
          if (quiet) expect(events).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a venue, whatever is done to it', () => {
  it('conserves base and quote up to the fees, locks exactly what open orders need, and never fills beyond a limit or a quantity', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), queue, (actions, model) => {
        const venue = createVenue(rules, emptyVenue(START), { queue: model });
        venue.moveTo({ at: epochMillis(0), price: 40_000, volume: 5, continuous: false });
        const events: VenueEvent[] = [];
        for (const [i, step] of actions.entries()) {
          events.push(...perform(venue, step, i + 1));
          expectBooksToBalance(venue, tradesOf(events));
        }
        expectFillsToBeFair(events);
        expectOneOfEachPair(venue, events);
        const ids = tradesOf(events).map(({ id }) => id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });

  it('goes on from its snapshot, through JSON, exactly as if it had not been interrupted', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 40 }),
        fc.array(action, { maxLength: 40 }),
        queue,
        (before, after, model) => {
          const venue = createVenue(rules, emptyVenue(START), { queue: model });
          venue.moveTo({ at: epochMillis(0), price: 40_000, volume: 5, continuous: false });
          for (const [i, step] of before.entries()) perform(venue, step, i + 1);
          const restored = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())), { queue: model });
          for (const [i, step] of after.entries()) {
            const at = before.length + i + 1;
            expect(JSON.stringify(perform(restored, step, at))).toBe(JSON.stringify(perform(venue, step, at)));
          }
          expect(restored.snapshot()).toEqual(venue.snapshot());
        },
      ),
      { numRuns: 100 },
    );
  });
});
