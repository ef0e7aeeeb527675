import { describe, expect, it } from 'vitest';
import { createVenue, emptyVenue, type Venue } from '../../../src/core/simulation/venue.ts';
import type { PairDraft } from '../../../src/core/simulation/venue-order.ts';
import { at, draft, move, pairDraft, rules, texts, told, venueAt } from './venue-scene.ts';

function placed(venue: Venue, pair: PairDraft = pairDraft()) {
  const outcome = venue.placePair(pair, at(1));
  if (outcome.outcome === 'refused') throw new Error(`refused: ${outcome.reason} ${outcome.message}`);
  return outcome;
}

function refused(venue: Venue, pair: PairDraft) {
  const outcome = venue.placePair(pair, at(1));
  return outcome.outcome === 'refused' ? [outcome.reason, outcome.message] : [outcome.outcome, ''];
}

describe('a pair of orders', () => {
  it('rests as two orders of one list and locks what they sell once', () => {
    const venue = venueAt(40_000);
    const { pair, above, below, events } = placed(venue);
    expect(told(events)).toEqual(['stop new', 'target new', 'pair_started']);
    expect(pair).toMatchObject({ listId: 1, listClientOrderId: 'pair', status: 'executing' });
    expect(pair.orders).toEqual([
      { id: 1, clientOrderId: 'stop' },
      { id: 2, clientOrderId: 'target' },
    ]);
    expect([above.listId, below.listId, above.status, below.workingAt]).toEqual([1, 1, 'new', null]);
    expect(texts(venue)).toEqual({ BTC: '0.5+0.5', USDT: '40000+0' });
    expect(venue.openPairs()).toEqual([pair]);
  });

  it('loses its stop as soon as the target trades, even in part, and is done when the target is', () => {
    const venue = venueAt(40_000);
    placed(venue);
    const thin = venue.moveTo({ at: at(2), price: 40_110, volume: 11, continuous: true });
    expect(told(thin)).toEqual(['stop expired', 'target 0.3@40100']);
    expect(texts(venue).BTC).toBe('0.5+0.2');
    expect(venue.openPairs()).toHaveLength(1);
    expect(told(move(venue, 40_200))).toEqual(['target 0.2@40100', 'pair_done']);
    expect(texts(venue)).toEqual({ BTC: '0.5+0', USDT: '60029.95+0' });
    expect([venue.openOrders(), venue.openPairs()]).toEqual([[], []]);
  });

  it('loses its target when the stop is triggered, before the stop trades', () => {
    const venue = venueAt(40_000);
    placed(venue);
    const events = move(venue, 39_800);
    expect(told(events)).toEqual([
      'target expired',
      'stop triggered',
      'stop 0.1@39899.6',
      'stop 0.2@39897.6',
      'stop 0.2@39895.6',
      'pair_done',
    ]);
    expect(venue.balance('BTC').locked.toFixed()).toBe('0');
    expect(venue.balance('BTC').free.toFixed()).toBe('0.5');
  });

  it('is cancelled whole with either order, and gives back what it had locked once', () => {
    for (const own of ['target', 'stop']) {
      const venue = venueAt(40_000);
      placed(venue);
      const order = venue.openOrder(own);
      const events = venue.cancel(order?.id ?? 0, at(3));
      const other = own === 'target' ? 'stop' : 'target';
      expect(told(events)).toEqual([`${own} cancelled`, `${other} cancelled`, 'pair_done']);
      expect(texts(venue)).toEqual({ BTC: '1+0', USDT: '40000+0' });
      expect(venue.cancel(order?.id ?? 0, at(4))).toBeUndefined();
    }
  });

  it('of purchases locks the larger of the two amounts, and the order left over only its own', () => {
    const venue = venueAt(40_000);
    const buys: PairDraft = {
      listClientOrderId: 'entry',
      above: draft({ clientOrderId: 'breakout', type: 'stop_loss', stopPrice: '40500' }),
      below: draft({ clientOrderId: 'dip', type: 'limit_maker', price: '39500' }),
    };
    placed(venue, buys);
    expect(texts(venue).USDT).toBe('35950+4050');
    const dip = venue.moveTo({ at: at(2), price: 39_490, volume: 2.75, continuous: true });
    expect(told(dip)).toEqual(['breakout expired', 'dip 0.075@39500']);
    expect(texts(venue)).toEqual({ BTC: '1.074925+0', USDT: '36050+987.5' });
  });

  it.each([
    ['with its stop above', pairDraft({ type: 'stop_loss', stopPrice: '40100' }), 'PAIR_TYPES'],
    ['of two limits', pairDraft({}, { type: 'limit_maker', price: '39900' }), 'PAIR_TYPES'],
    ['of two sides', pairDraft({}, { side: 'buy' }), 'PAIR_TYPES'],
    ['of two quantities', pairDraft({}, { quantity: '0.4' }), 'PAIR_TYPES'],
    ['of one id', pairDraft({ clientOrderId: 'stop' }), 'DUPLICATE_CLIENT_ORDER_ID'],
    ['whose target the market has passed', pairDraft({ price: '39990' }), 'PAIR_PRICES'],
    ['whose stop the market has passed', pairDraft({}, { stopPrice: '40000' }), 'PAIR_PRICES'],
    ['off the price step', pairDraft({ price: '40100.001' }), 'PRICE_FILTER'],
    ['for more than there is', pairDraft({ quantity: '1.1' }, { quantity: '1.1' }), 'INSUFFICIENT_BALANCE'],
  ] as const)('%s is refused, and neither order rests', (_, pair, reason) => {
    const venue = venueAt(40_000);
    expect(refused(venue, pair)[0]).toBe(reason);
    expect(venue.openOrders()).toEqual([]);
    expect(texts(venue)).toEqual({ BTC: '1+0', USDT: '40000+0' });
    expect(venue.snapshot().nextOrderId).toBe(1);
  });

  it('says between which prices the market must stand', () => {
    expect(refused(venueAt(40_000), pairDraft({ price: '39990' }))[1]).toBe(
      'the last price 40000 must lie between the prices of a pair, they were 39900 and 39990',
    );
    const unpriced = createVenue(rules, emptyVenue({ BTC: '1' }));
    expect(refused(unpriced, pairDraft())[0]).toBe('NO_MARKET');
  });

  it('may not take an id that is open, as an order or as a list', () => {
    const venue = venueAt(40_000);
    placed(venue, pairDraft({ quantity: '0.1' }, { quantity: '0.1' }));
    const again = pairDraft({ quantity: '0.1' }, { quantity: '0.1' });
    expect(refused(venue, again)).toEqual([
      'DUPLICATE_CLIENT_ORDER_ID',
      'listClientOrderId must be unlike those of open pairs, was "pair"',
    ]);
    expect(refused(venue, { ...again, listClientOrderId: 'other' })[1]).toContain('clientOrderId must be unlike');
  });

  it('counts as two open orders and one that waits for a trigger', () => {
    const venue = venueAt(40_000);
    for (let i = 0; i < 5; i++) {
      const amount = { quantity: '0.1' };
      placed(venue, {
        ...pairDraft({ ...amount, clientOrderId: `t${i}` }, { ...amount, clientOrderId: `s${i}` }),
        listClientOrderId: `p${i}`,
      });
    }
    expect(refused(venue, pairDraft({ quantity: '0.1' }, { quantity: '0.1' }))[0]).toBe('MAX_NUM_ALGO_ORDERS');
  });

  it('goes on from a snapshot as a pair, also when one of it has ended', () => {
    const venue = venueAt(40_000);
    placed(venue);
    const whole = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())));
    expect(told(move(whole, 39_800))?.slice(0, 2)).toEqual(['target expired', 'stop triggered']);
    venue.moveTo({ at: at(2), price: 40_110, volume: 11, continuous: true });
    const half = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())));
    expect(texts(half).BTC).toBe('0.5+0.2');
    expect(told(half.cancel(2, at(3)))).toEqual(['target cancelled', 'pair_done']);
    expect(texts(half).BTC).toBe('0.7+0');
    move(half, 40_000);
    const next = half.placePair({ ...pairDraft(), listClientOrderId: 'next' }, at(4));
    expect(next).toMatchObject({ pair: { listId: 2 }, above: { id: 4 } });
  });

  it('takes the stop where a bar reaches both', () => {
    const venue = venueAt(40_000);
    placed(venue);
    // Inside a bar the low comes before the high.
    const events = [...move(venue, 39_850), ...move(venue, 40_150, 0, 3)];
    expect(told(events)?.filter((line) => line.startsWith('target'))).toEqual(['target expired']);
  });
});

describe('replacing an order', () => {
  const limit = (clientOrderId: string, price: string) => draft({ clientOrderId, type: 'limit', price });

  function resting() {
    const venue = venueAt(40_000, { BTC: '0', USDT: '4000' });
    venue.place(limit('old', '39500'), at(1));
    return venue;
  }

  it('cancels the old one first, so that the new one has what the old one had locked', () => {
    const venue = resting();
    const done = venue.replace(1, limit('new', '39900'), at(2));
    expect(done.outcome === 'tried' && told(done.cancelled)).toEqual(['old cancelled']);
    expect(done.outcome === 'tried' && done.placed).toMatchObject({
      outcome: 'accepted',
      order: { clientOrderId: 'new' },
    });
    expect(texts(venue).USDT).toBe('10+3990');
  });

  it('places nothing where there is nothing to cancel, unless it is to be placed always', () => {
    const venue = resting();
    expect(venue.replace(9, limit('new', '39900'), at(2))).toEqual({
      outcome: 'tried',
      cancelled: undefined,
      placed: undefined,
    });
    const always = venue.replace(undefined, draft({ quantity: '0.001' }), at(2), true);
    expect(always).toMatchObject({ cancelled: undefined, placed: { outcome: 'accepted' } });
  });

  it('leaves the old one cancelled where the new one is refused by book or balance', () => {
    const venue = resting();
    const done = venue.replace(1, draft({ clientOrderId: 'new', type: 'limit_maker', price: '40001' }), at(2));
    expect(done).toMatchObject({ placed: { outcome: 'refused', reason: 'WOULD_TAKE' } });
    expect([venue.openOrders(), texts(venue).USDT]).toEqual([[], '4000+0']);
  });

  it('leaves everything as it was where the new one breaks the rules of the market', () => {
    const venue = resting();
    const broken = venue.replace(1, limit('new', '39900.001'), at(2));
    expect(broken).toMatchObject({ outcome: 'refused', reason: 'PRICE_FILTER' });
    expect(venue.openOrders()).toHaveLength(1);
  });

  it('may take over the id of the old one', () => {
    const venue = resting();
    expect(venue.replace(1, limit('old', '39600'), at(2))).toMatchObject({ placed: { outcome: 'accepted' } });
    expect(venue.openOrder('old')?.price.toFixed()).toBe('39600');
  });

  it('of one half of a pair cancels the pair', () => {
    const venue = venueAt(40_000);
    placed(venue);
    const stop = draft({ clientOrderId: 'stop 2', side: 'sell', type: 'stop_loss', stopPrice: '39950', quantity: '1' });
    const done = venue.replace(1, stop, at(2));
    expect(done.outcome === 'tried' && told(done.cancelled)).toEqual([
      'stop cancelled',
      'target cancelled',
      'pair_done',
    ]);
    expect(venue.openOrders().map(({ clientOrderId }) => clientOrderId)).toEqual(['stop 2']);
  });
});
