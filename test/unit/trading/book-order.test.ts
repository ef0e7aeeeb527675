import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill } from '../../../src/core/ports/exchange.ts';
import { bookOrder, effectiveAccount } from '../../../src/core/trading/book-order.ts';
import type { Leg } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { accountToJson, openAccount, parseAccount, type SlotAccount } from '../../../src/core/trading/slot-account.ts';
import { BAR, rules } from '../../support/engine-harness.ts';

const open = openAccount({ base: ZERO, quote: decimal('10000') }, decimal('10000'));
const terms = { rules, barMillis: BAR, limits: { maxConsecutiveLosses: 2, coolDownMinutes: 30 } };

let trades = 0;
const filled = (
  leg: Leg,
  size: string,
  at: string,
  over: {
    readonly type?: OwnOrder['type'];
    readonly bar?: number;
    readonly after?: number;
    readonly fee?: string;
  } = {},
): OwnOrder => {
  const { bar = 10, after = 0, fee = '0', type = 'market' } = over;
  trades += 1;
  const fill: Fill = {
    symbol: 'BTC/USDT',
    tradeId: String(trades),
    exchangeOrderId: `x${trades}`,
    side: leg === 'entry' ? 'buy' : 'sell',
    price: price(at),
    quantity: quantity(size),
    fee: decimal(fee),
    feeAsset: leg === 'entry' ? 'BTC' : 'USDT',
    executedAt: epochMillis(bar * BAR + after),
  };
  return {
    clientOrderId: `ar-${trades}`,
    exchangeOrderId: fill.exchangeOrderId,
    symbol: 'BTC/USDT',
    side: fill.side,
    leg,
    type,
    quantity: fill.quantity,
    limitPrice: null,
    stopPrice: null,
    pairId: null,
    barClose: epochMillis(bar * BAR),
    modelHash: null,
    state: 'filled',
    filled: fill.quantity,
    fills: new Map([[fill.tradeId, fill]]),
    updatedAt: fill.executedAt,
    reason: null,
  };
};
const book = (account: SlotAccount, ...orders: readonly OwnOrder[]): SlotAccount =>
  orders.reduce((before, order) => bookOrder(before, order, terms).account, account);

describe('a holding', () => {
  it('begins with its first entry, at the price that was paid, and ends when nothing is left to sell', () => {
    const held = book(open, filled('entry', '0.1', '40000', { after: 5 }));
    expect(held.holding?.since).toBe(10 * BAR);
    expect(held.holding?.highest.toFixed()).toBe('40000');
    const more = book(held, filled('entry', '0.1', '40500', { bar: 12 }));
    expect(more.holding?.since).toBe(10 * BAR);
    expect(more.holding?.highest.toFixed()).toBe('40500');
    const half = book(more, filled('exit', '0.1', '41000'));
    expect(half.holding).toEqual(more.holding);
    expect(book(half, filled('exit', '0.1', '41000')).holding).toBeNull();
  });

  it('of an entry that rested begins with the first bar after its fills', () => {
    const at = (after: number) => book(open, filled('entry', '0.1', '40000', { type: 'limit', after })).holding?.since;
    expect([at(0), at(1), at(BAR), at(BAR + 1)]).toEqual([10 * BAR, 11 * BAR, 11 * BAR, 12 * BAR]);
  });

  it('is not made of dust, nor kept up by it', () => {
    const bought = book(open, filled('entry', '0.1', '40000', { fee: '0.0000937' }));
    expect(bought.position.quantity.toFixed()).toBe('0.0999063');
    const sold = book(bought, filled('exit', '0.0999', '41000'));
    expect(sold.position.quantity.toFixed()).toBe('0.0000063');
    expect(sold).toMatchObject({ holding: null, consecutiveLosses: 0 });
    expect(book(open, filled('entry', '0.00001', '40000')).holding).toBeNull();
  });
});

describe('round trips', () => {
  it('are lost or earned as a whole, not order by order', () => {
    const held = book(open, filled('entry', '0.2', '40000'));
    const half = book(held, filled('exit', '0.1', '39000'));
    expect(half.tripPnl.toFixed()).toBe('-100');
    expect(half.consecutiveLosses).toBe(0);
    const earned = book(half, filled('exit', '0.1', '41500'));
    expect([earned.consecutiveLosses, earned.tripPnl.toFixed()]).toEqual([0, '0']);
    const lost = book(half, filled('stop_loss', '0.1', '40500'));
    expect([lost.consecutiveLosses, lost.tripPnl.toFixed()]).toEqual([1, '0']);
  });

  it('that lose one after the other let the line rest, and one that earns ends the row', () => {
    const trip = (at: string, bar: number) => [
      filled('entry', '0.1', '40000', { bar }),
      filled('exit', '0.1', at, { bar }),
    ];
    const once = book(open, ...trip('39000', 10));
    expect([once.consecutiveLosses, once.coolDownUntil]).toEqual([1, 0]);
    const twice = book(once, ...trip('39000', 20));
    expect([twice.consecutiveLosses, twice.coolDownUntil]).toEqual([2, 20 * BAR + 30 * 60_000]);
    expect(book(twice, ...trip('41000', 90)).consecutiveLosses).toBe(0);
    const unlimited = { ...terms, limits: { maxConsecutiveLosses: 0, coolDownMinutes: 30 } };
    const free = [...trip('39000', 10), ...trip('39000', 20)].reduce(
      (before, order) => bookOrder(before, order, unlimited).account,
      open,
    );
    expect(free.coolDownUntil).toBe(0);
  });
});

describe('an account', () => {
  it('with the fills of open orders is the one they will be booked to, but for the count of trades', () => {
    const size = fc.integer({ min: 1, max: 50 }).map((hundredths) => (hundredths / 100).toFixed(2));
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 5 }), (sizes) => {
        const orders = sizes.map((each) => filled('entry', each, '40000'));
        const { trades: counted, ...effective } = effectiveAccount(open, orders, terms);
        const { trades: booked, ...later } = book(open, ...orders);
        expect(effective).toEqual(later);
        expect([counted, booked]).toEqual([0, sizes.length]);
      }),
    );
  });

  it('that was stored before there were holdings is one without', () => {
    const { holding, tripPnl, consecutiveLosses, coolDownUntil, ...before } = accountToJson(open);
    expect([holding, tripPnl, consecutiveLosses, coolDownUntil]).toEqual([null, '0', 0, 0]);
    expect(parseAccount(before)).toEqual(open);
  });

  it('comes back from the ledger with its holding', () => {
    const held = book(open, filled('entry', '0.1', '40000'));
    expect(parseAccount(accountToJson(held))).toEqual(held);
  });
});
