import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createVenue, emptyVenue, type Venue } from '../../../src/core/simulation/venue.ts';
import type { OrderDraft, VenueEvent } from '../../../src/core/simulation/venue-order.ts';
import { decimal } from '../../../src/core/trading/money.ts';

const rules = simulatedMarketRules('BTC/USDT');
const at = (ms: number) => epochMillis(ms);
/** A tenth of 55 BTC over ten levels: 0.1 at the best price, 0.2 at the next, and so on. */
const VOLUME = 55;

function venueAt(
  price: number,
  balances: Readonly<Record<string, string>> = { BTC: '1', USDT: '40000' },
  volume = VOLUME,
): Venue {
  const venue = createVenue(rules, emptyVenue(balances));
  venue.moveTo({ at: at(0), price, volume, continuous: false });
  return venue;
}

function draft(
  fields: Partial<Record<'price' | 'stopPrice' | 'quantity' | 'quoteQuantity', string>> &
    Partial<Pick<OrderDraft, 'side' | 'type' | 'timeInForce' | 'clientOrderId'>>,
): OrderDraft {
  const { price, stopPrice, quantity, quoteQuantity, ...rest } = fields;
  return {
    clientOrderId: 'mine',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    ...rest,
    ...(price ? { price: decimal(price) } : {}),
    ...(stopPrice ? { stopPrice: decimal(stopPrice) } : {}),
    ...(quantity ? { quantity: decimal(quantity) } : {}),
    ...(quoteQuantity ? { quoteQuantity: decimal(quoteQuantity) } : {}),
  };
}

function place(venue: Venue, fields: Parameters<typeof draft>[0], ms = 1): readonly VenueEvent[] {
  const placed = venue.place(draft(fields), at(ms));
  if (placed.outcome === 'refused') throw new Error(`refused: ${placed.reason} ${placed.message}`);
  return placed.events;
}

function refused(venue: Venue, fields: Parameters<typeof draft>[0]) {
  const placed = venue.place(draft(fields), at(1));
  return placed.outcome === 'refused' ? [placed.reason, placed.message] : placed.outcome;
}

const told = (events: readonly VenueEvent[]) =>
  events.map((event) =>
    event.kind === 'trade'
      ? `trade ${event.trade.quantity}@${event.trade.price}${event.trade.maker ? ' maker' : ''}`
      : event.kind,
  );

const texts = (venue: Venue) =>
  Object.fromEntries(
    venue
      .assets()
      .map((asset) => [asset, `${venue.balance(asset).free.toFixed()}+${venue.balance(asset).locked.toFixed()}`]),
  );

describe('a market order', () => {
  it('walks the levels of the book, pays each at its price, and is charged its fee in what it receives', () => {
    const venue = venueAt(40_000);
    const events = place(venue, { quantity: '0.25' });
    expect(told(events)).toEqual(['new', 'trade 0.1@40000.4', 'trade 0.15@40002.4']);
    expect(events.at(-1)?.order).toMatchObject({ status: 'filled', id: 1 });
    // 40000 − 0.1 × 40000.4 − 0.15 × 40002.4; 1 + 0.25 less a thousandth of it.
    expect(texts(venue)).toEqual({ BTC: '1.24975+0', USDT: '29999.6+0' });
    const sold = place(venue, { side: 'sell', quantity: '0.1', clientOrderId: 'two' });
    expect(told(sold)).toEqual(['new', 'trade 0.1@39999.6']);
    expect(texts(venue)).toEqual({ BTC: '1.14975+0', USDT: '33995.56004+0' });
  });

  it('expires what the book cannot fill', () => {
    const events = place(venueAt(40_000, { BTC: '0', USDT: '400000' }, 2), { quantity: '1' });
    expect(events.at(-1)?.kind).toBe('expired');
    expect(events.at(-1)?.order).toMatchObject({ status: 'expired' });
    expect(events.at(-1)?.order.filled.toFixed()).toBe('0.19995');
  });

  it('finds the book thinner by what was taken before it, also after a restart, until the market moves', () => {
    const venue = venueAt(40_000);
    place(venue, { quantity: '0.25', clientOrderId: 'first' });
    const restored = createVenue(rules, venue.snapshot());
    expect(told(place(restored, { quantity: '0.1' }))).toEqual(['new', 'trade 0.05@40002.4', 'trade 0.05@40004.4']);
    expect(restored.book('ask', 1).map(({ quantity }) => quantity.toFixed())).toEqual(['0.25']);
    venue.moveTo({ at: at(2), price: 40_000, volume: VOLUME, continuous: true });
    expect(told(place(venue, { quantity: '0.1' }))).toEqual(['new', 'trade 0.1@40000.4']);
  });

  it('by quote spends at most that, in whole quantity steps, over several levels', () => {
    const venue = venueAt(40_000);
    const events = place(venue, { quoteQuantity: '6000' });
    expect(told(events)).toEqual(['new', 'trade 0.1@40000.4', 'trade 0.04999@40002.4']);
    expect(events.at(-1)?.order.status).toBe('filled');
    expect(events.at(-1)?.order.cost.lte(6000)).toBe(true);
  });

  it('is refused whole when the balance does not cover it', () => {
    const venue = venueAt(40_000, { BTC: '0.1', USDT: '4000' });
    expect(refused(venue, { quantity: '0.1' })).toEqual([
      'INSUFFICIENT_BALANCE',
      'free USDT must be at least 4000.04, was 4000',
    ]);
    expect(refused(venue, { side: 'sell', quantity: '0.10001' })).toEqual([
      'INSUFFICIENT_BALANCE',
      'free BTC must be at least 0.10001, was 0.1',
    ]);
    expect(texts(venue)).toEqual({ BTC: '0.1+0', USDT: '4000+0' });
    expect(venue.snapshot().nextOrderId).toBe(1);
  });

  it('is refused before the market has a price', () => {
    const venue = createVenue(rules, emptyVenue({ USDT: '100' }));
    expect(refused(venue, { quantity: '0.1' })[0]).toBe('NO_MARKET');
    expect(venue.book('bid')).toEqual([]);
  });
});

describe('a limit order', () => {
  it('takes what the book offers within its limit, rests with the remainder, and fills as maker at its own price', () => {
    const venue = venueAt(40_000);
    expect(told(place(venue, { type: 'limit', price: '40001', quantity: '0.3' }))).toEqual([
      'new',
      'trade 0.1@40000.4',
    ]);
    expect(texts(venue).USDT).toBe('27999.76+8000.2');
    expect(told(venue.moveTo({ at: at(2), price: 40_010, volume: VOLUME, continuous: true }))).toEqual([]);
    expect(told(venue.moveTo({ at: at(3), price: 39_990, volume: 11, continuous: true }))).toEqual([
      'trade 0.2@40001 maker',
    ]);
    expect(venue.openOrders()).toEqual([]);
    expect(texts(venue)).toEqual({ BTC: '1.2997+0', USDT: '27999.76+0' });
  });

  it('fills in price order, then in time order, and only as far as the book reaches', () => {
    const venue = venueAt(40_000);
    place(venue, { type: 'limit', price: '39900', quantity: '0.05', clientOrderId: 'a' });
    place(venue, { type: 'limit', price: '39950', quantity: '0.05', clientOrderId: 'b' });
    place(venue, { type: 'limit', price: '39900', quantity: '0.05', clientOrderId: 'c' });
    const events = venue.moveTo({ at: at(2), price: 39_800, volume: 1.2, continuous: true });
    expect(events.map(({ order }) => order.clientOrderId)).toEqual(['b', 'a', 'c']);
    expect(told(events)).toEqual(['trade 0.05@39950 maker', 'trade 0.05@39900 maker', 'trade 0.01995@39900 maker']);
    expect(venue.openOrders().map(({ status }) => status)).toEqual(['partially_filled']);
  });

  it('sells at its price when the market rises through it', () => {
    const venue = venueAt(40_000);
    place(venue, { side: 'sell', type: 'limit', price: '40100', quantity: '0.5', clientOrderId: 'high' });
    place(venue, { side: 'sell', type: 'limit', price: '40050', quantity: '0.5', clientOrderId: 'low' });
    expect(texts(venue).BTC).toBe('0+1');
    const events = venue.moveTo({ at: at(2), price: 40_200, volume: VOLUME, continuous: true });
    expect(told(events)).toEqual(['trade 0.5@40050 maker', 'trade 0.5@40100 maker']);
    expect(texts(venue)).toEqual({ BTC: '0+0', USDT: '80034.925+0' });
  });

  it('immediate-or-cancel keeps what it got and expires the rest; fill-or-kill gets all or nothing', () => {
    const venue = venueAt(40_000);
    expect(told(place(venue, { type: 'limit', timeInForce: 'ioc', price: '40001', quantity: '0.3' }))).toEqual([
      'new',
      'trade 0.1@40000.4',
      'expired',
    ]);
    expect(told(place(venue, { type: 'limit', timeInForce: 'fok', price: '40003', quantity: '0.3' }))).toEqual([
      'new',
      'expired',
    ]);
    expect(told(place(venue, { type: 'limit', timeInForce: 'fok', price: '40003', quantity: '0.2' }))).toEqual([
      'new',
      'trade 0.2@40002.4',
    ]);
    expect(venue.openOrders()).toEqual([]);
  });

  it('as limit maker never takes', () => {
    const venue = venueAt(40_000);
    expect(refused(venue, { type: 'limit_maker', price: '40001', quantity: '0.1' })[0]).toBe('WOULD_TAKE');
    expect(told(place(venue, { type: 'limit_maker', price: '40000', quantity: '0.1' }))).toEqual(['new']);
  });

  it('cancelled gives back all it had locked, once', () => {
    const venue = venueAt(40_000);
    place(venue, { type: 'limit', price: '39000', quantity: '0.5' });
    expect(texts(venue).USDT).toBe('20500+19500');
    expect(venue.cancel(1, at(5))?.[0]?.order).toMatchObject({ status: 'cancelled', updatedAt: 5 });
    expect(texts(venue).USDT).toBe('40000+0');
    expect(venue.cancel(1, at(6))).toBeUndefined();
  });
});

describe('a trigger', () => {
  it('reached on the way executes where it stands, not where the price went on to', () => {
    const venue = venueAt(40_000);
    place(venue, { side: 'sell', type: 'stop_loss', stopPrice: '39500', quantity: '0.1' });
    expect(venue.moveTo({ at: at(2), price: 39_500.01, volume: VOLUME, continuous: true })).toEqual([]);
    const events = venue.moveTo({ at: at(3), price: 39_000, volume: VOLUME, continuous: true });
    expect(told(events)).toEqual(['triggered', 'trade 0.1@39499.6']);
    expect(texts(venue).BTC).toBe('0.9+0');
  });

  it('jumped over executes at the price jumped to', () => {
    const venue = venueAt(40_000);
    place(venue, { side: 'sell', type: 'stop_loss', stopPrice: '39500', quantity: '0.1' });
    expect(told(venue.moveTo({ at: at(3), price: 39_000, volume: VOLUME, continuous: false }))).toEqual([
      'triggered',
      'trade 0.1@38999.61',
    ]);
  });

  it('that stops a loss is taken before one that takes a profit, even where the price would meet the other first', () => {
    const venue = venueAt(40_000);
    place(venue, { side: 'sell', type: 'take_profit', stopPrice: '40100', quantity: '0.1', clientOrderId: 'profit' });
    place(venue, { side: 'buy', type: 'stop_loss', stopPrice: '40200', quantity: '0.1', clientOrderId: 'stop' });
    const events = venue.moveTo({ at: at(2), price: 40_300, volume: VOLUME, continuous: true });
    expect(events.map(({ kind, order }) => `${order.clientOrderId} ${kind}`)).toEqual([
      'stop triggered',
      'stop trade',
      'profit triggered',
      'profit trade',
    ]);
  });

  it('comes in the order the price meets them, whichever way it goes', () => {
    const venue = venueAt(40_000);
    for (const [clientOrderId, stopPrice] of [
      ['low', '39100'],
      ['high', '39200'],
      ['high too', '39200'],
    ] as const) {
      place(venue, { side: 'sell', type: 'stop_loss', stopPrice, quantity: '0.01', clientOrderId });
    }
    const down = venue.moveTo({ at: at(2), price: 39_000, volume: VOLUME, continuous: true });
    expect(down.filter(({ kind }) => kind === 'triggered').map(({ order }) => order.clientOrderId)).toEqual([
      'high',
      'high too',
      'low',
    ]);
    for (const [clientOrderId, stopPrice] of [
      ['far', '39900'],
      ['near', '39800'],
    ] as const) {
      place(venue, { side: 'sell', type: 'take_profit', stopPrice, quantity: '0.01', clientOrderId });
    }
    const up = venue.moveTo({ at: at(3), price: 40_000, volume: VOLUME, continuous: true });
    expect(up.filter(({ kind }) => kind === 'triggered').map(({ order }) => order.clientOrderId)).toEqual([
      'near',
      'far',
    ]);
  });

  it('with a limit rests at it where the book has moved past', () => {
    const venue = venueAt(40_000);
    const fields = {
      side: 'sell',
      type: 'stop_loss_limit',
      stopPrice: '39500',
      price: '39500',
      quantity: '0.1',
    } as const;
    expect(told(place(venue, fields))).toEqual(['new']);
    expect(venue.openOrders()[0]?.workingAt).toBeNull();
    expect(told(venue.moveTo({ at: at(2), price: 39_000, volume: VOLUME, continuous: true }))).toEqual(['triggered']);
    expect(venue.openOrders()[0]).toMatchObject({ status: 'new', workingAt: 2 });
    expect(told(venue.moveTo({ at: at(3), price: 39_600, volume: VOLUME, continuous: true }))).toEqual([
      'trade 0.1@39500 maker',
    ]);
  });

  it('buys with what is there when the price got away from what was locked for it', () => {
    const venue = venueAt(40_000, { BTC: '0', USDT: '4050' });
    place(venue, { type: 'stop_loss', stopPrice: '40500', quantity: '0.1' });
    expect(texts(venue).USDT).toBe('0+4050');
    const events = venue.moveTo({ at: at(2), price: 41_000, volume: VOLUME, continuous: false });
    expect(told(events)).toEqual(['triggered', 'trade 0.09877@41000.41', 'expired']);
    expect(venue.balance('USDT').free.gte(0)).toBe(true);
  });

  it('finds nothing to buy with when others have spent it, and expires', () => {
    const venue = venueAt(40_000, { BTC: '0', USDT: '6' }, 0);
    place(venue, { type: 'stop_loss', stopPrice: '40500', quantity: '0.00014' });
    const events = venue.moveTo({ at: at(2), price: 1_000_000, volume: 0, continuous: false });
    expect(told(events)).toEqual(['triggered', 'expired']);
  });

  it('that would go off at once is refused', () => {
    const venue = venueAt(40_000);
    expect(refused(venue, { side: 'sell', type: 'stop_loss', stopPrice: '40000', quantity: '0.1' })).toEqual([
      'WOULD_TRIGGER',
      'stopPrice must be below the last price 40000, was 40000',
    ]);
    expect(refused(venue, { side: 'buy', type: 'stop_loss', stopPrice: '39000', quantity: '0.1' })[1]).toContain(
      'must be above',
    );
  });
});

describe('a recorded top', () => {
  it('is all there is to take from, on either side', () => {
    const venue = createVenue(rules, emptyVenue({ BTC: '5', USDT: '90000' }));
    const top = { bid: 39_999.99, bidQuantity: 0.3, ask: 40_000.01, askQuantity: 0.29 };
    venue.moveTo({ at: at(0), price: 40_000, volume: 1, continuous: false, top });
    expect(told(place(venue, { quantity: '0.5', clientOrderId: 'b' }))).toEqual([
      'new',
      'trade 0.29@40000.01',
      'expired',
    ]);
    expect(told(place(venue, { side: 'sell', quantity: '0.5' }))).toEqual(['new', 'trade 0.3@39999.99', 'expired']);
    place(venue, { type: 'limit', price: '39000', quantity: '0.1' });
    venue.moveTo({ at: at(1), price: 40_000, volume: 1, continuous: false, top: { ...top, askQuantity: 0 } });
    expect(venue.book('ask')).toEqual([]);
    expect(venue.openOrders()).toHaveLength(1);
  });
});

describe('ids', () => {
  it('of trades are one sequence with those handed out for trades of others', () => {
    const venue = venueAt(40_000);
    expect(venue.takeTradeIds(4)).toBe(1);
    const events = place(venue, { quantity: '0.01' });
    expect(events.flatMap((event) => (event.kind === 'trade' ? [event.trade.id] : []))).toEqual([5]);
    expect(venue.takeTradeIds(1)).toBe(6);
  });
});
