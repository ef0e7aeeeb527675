import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrderPace } from '../../../src/core/trading/order-pace.ts';

describe('the pace of orders', () => {
  it('counts the last second of all, and the last minute of purchases, whatever the times', () => {
    const orders = fc.array(fc.record({ after: fc.integer({ min: 0, max: 40_000 }), buys: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(orders, fc.integer({ min: 0, max: 70_000 }), (sent, later) => {
        let now = 0;
        const pace = createOrderPace({ now: () => now });
        const times: { at: number; buys: boolean }[] = [];
        for (const { after, buys } of sent) {
          now += after;
          pace.count(buys ? 'buy' : 'sell');
          times.push({ at: now, buys });
        }
        now += later;
        expect(pace.lastSecond()).toBe(times.filter(({ at }) => at > now - 1_000).length);
        expect(pace.lastMinute()).toBe(times.filter(({ at, buys }) => buys && at > now - 60_000).length);
      }),
    );
  });

  it('forgets, however many there were', () => {
    let now = 0;
    const pace = createOrderPace({ now: () => now });
    for (let order = 0; order < 5_000; order += 1) {
      now += 100;
      pace.count('buy');
    }
    expect([pace.lastSecond(), pace.lastMinute()]).toEqual([10, 600]);
  });
});
