import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createVenue, emptyVenue, type Venue } from '../../../src/core/simulation/venue.ts';
import type { VenueEvent, VenueOrderType, VenueTrade } from '../../../src/core/simulation/venue-order.ts';
import { lockedBy } from '../../../src/core/simulation/working-order.ts';
import { type Decimal, decimal, ZERO } from '../../../src/core/trading/money.ts';

const rules = simulatedMarketRules('BTC/USDT');
const START = { BTC: '0.5', USDT: '20000' };

type Action =
  | { readonly kind: 'move'; readonly price: number; readonly volume: number; readonly continuous: boolean }
  | { readonly kind: 'cancel'; readonly pick: number }
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

function perform(venue: Venue, step: Action, at: number): readonly VenueEvent[] {
  const time = epochMillis(at);
  if (step.kind === 'move') return venue.moveTo({ at: time, ...step });
  if (step.kind === 'cancel') {
    const open = venue.openOrders();
    const order = open[step.pick % Math.max(1, open.length)];
    const event = order && venue.cancel(order.id, time);
    return event ? [event] : [];
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
  const locked = (asset: string) =>
    sum(
      venue
        .openOrders()
        .map((order) => lockedBy(order, rules))
        .filter((lock) => lock.asset === asset)
        .map(({ amount }) => amount),
    );
  for (const asset of ['BTC', 'USDT']) {
    expect(venue.balance(asset).free.gte(0)).toBe(true);
    expect(venue.balance(asset).locked.toFixed()).toBe(locked(asset).toFixed());
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

describe('a venue, whatever is done to it', () => {
  it('conserves base and quote up to the fees, locks exactly what open orders need, and never fills beyond a limit or a quantity', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const venue = createVenue(rules, emptyVenue(START));
        venue.moveTo({ at: epochMillis(0), price: 40_000, volume: 5, continuous: false });
        const events: VenueEvent[] = [];
        for (const [i, step] of actions.entries()) {
          events.push(...perform(venue, step, i + 1));
          expectBooksToBalance(venue, tradesOf(events));
        }
        expectFillsToBeFair(events);
        const ids = tradesOf(events).map(({ id }) => id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });

  it('goes on from its snapshot, through JSON, exactly as if it had not been interrupted', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.array(action, { maxLength: 40 }), (before, after) => {
        const venue = createVenue(rules, emptyVenue(START));
        venue.moveTo({ at: epochMillis(0), price: 40_000, volume: 5, continuous: false });
        for (const [i, step] of before.entries()) perform(venue, step, i + 1);
        const restored = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())));
        for (const [i, step] of after.entries()) {
          const at = before.length + i + 1;
          expect(JSON.stringify(perform(restored, step, at))).toBe(JSON.stringify(perform(venue, step, at)));
        }
        expect(restored.snapshot()).toEqual(venue.snapshot());
      }),
      { numRuns: 100 },
    );
  });
});
