import { describe, expect, it } from 'vitest';
import { createVenue, type Venue } from '../../../src/core/simulation/venue.ts';
import { at, draft, move, rules, told, venueAt } from './venue-scene.ts';

const queued = (queue: 'none' | 'volume' = 'volume'): Venue => venueAt(40_000, undefined, { queue });
const buy = (venue: Venue, price: string, quantity = '0.1', clientOrderId = 'mine') =>
  venue.place(draft({ type: 'limit', price, quantity, clientOrderId }), at(1));

describe('a limit order in the queue at its price', () => {
  it('fills with what trades there beyond what stood before it', () => {
    const venue = queued();
    // The best bid is 39999.6 with 0.1, the next 39997.6 with 0.2.
    buy(venue, '39997.6');
    expect(told(move(venue, 39_997.6, 0.15))).toEqual([]);
    expect(told(move(venue, 39_997.6, 0.12))).toEqual(['mine 0.07@39997.6']);
    expect(told(move(venue, 39_997.6, 1))).toEqual(['mine 0.03@39997.6']);
  });

  it('is never filled by a touch where the queue is not modelled', () => {
    const venue = queued('none');
    buy(venue, '39997.6');
    expect(told(move(venue, 39_997.6, 100))).toEqual([]);
  });

  it('fills at once when the market trades beyond its price, whatever stood before it', () => {
    const venue = queued();
    buy(venue, '39997.6');
    expect(told(move(venue, 39_997.59, 0.04))).toEqual(['mine 0.04@39997.6']);
    expect(told(move(venue, 39_900, 0.01))).toEqual(['mine 0.06@39997.6']);
  });

  it('stands first where it betters the best price, and last behind the deepest level', () => {
    const venue = queued();
    buy(venue, '40000', '0.1', 'first');
    expect(told(move(venue, 40_000, 0.1))).toEqual(['first 0.1@40000']);
    buy(venue, '39000', '0.1', 'last');
    expect(venue.snapshot().ahead).toEqual({ 2: 100_000 });
  });

  it('shares what trades among its own by the time they came', () => {
    const venue = queued();
    buy(venue, '40000', '0.1', 'a');
    buy(venue, '40000', '0.1', 'b');
    expect(told(move(venue, 40_000, 0.15))).toEqual(['a 0.1@40000', 'b 0.05@40000']);
  });

  it('sells likewise, above', () => {
    const venue = queued();
    venue.place(draft({ side: 'sell', type: 'limit', price: '40002.4' }), at(1));
    expect(told(move(venue, 40_002.4, 0.2))).toEqual([]);
    expect(told(move(venue, 40_002.4, 0.2))).toEqual(['mine 0.1@40002.4']);
  });

  it('keeps its place over a snapshot', () => {
    const venue = queued();
    buy(venue, '39997.6');
    move(venue, 39_997.6, 0.15);
    const again = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())), { queue: 'volume' });
    expect(told(move(again, 39_997.6, 0.12))).toEqual(['mine 0.07@39997.6']);
  });
});

describe('a quiet range', () => {
  it('is one in which no order would trade or be triggered', () => {
    const venue = venueAt(40_000);
    expect(venue.isQuiet(1, 1_000_000)).toBe(true);
    buy(venue, '39000');
    venue.place(draft({ clientOrderId: 's', side: 'sell', type: 'take_profit', stopPrice: '41000' }), at(1));
    expect(venue.isQuiet(39_000.01, 40_999.99)).toBe(true);
    expect(venue.isQuiet(39_000, 40_500)).toBe(false);
    expect(venue.isQuiet(39_500, 41_000)).toBe(false);
    venue.cancel(1, at(2));
    expect(venue.isQuiet(1, 40_500)).toBe(true);
  });
});
