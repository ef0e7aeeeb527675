import { describe, expect, it } from 'vitest';
import { createAccount } from '../../../src/core/simulation/account.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createVenue, emptyVenue } from '../../../src/core/simulation/venue.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { at, draft, rules, told, VOLUME, venueAt } from './venue-scene.ts';

describe('two markets on one account', () => {
  function scene() {
    const account = createAccount(emptyVenue({ USDT: '5000' }).balances);
    const btc = createVenue(rules, emptyVenue(), { account });
    const eth = createVenue(simulatedMarketRules('ETH/USDT'), emptyVenue(), { account });
    btc.moveTo({ at: at(0), price: 40_000, volume: VOLUME, continuous: false });
    eth.moveTo({ at: at(0), price: 2_000, volume: VOLUME, continuous: false });
    return { account, btc, eth };
  }

  it('share its money and count orders and trades each for themselves', () => {
    const { account, btc, eth } = scene();
    const first = btc.place(draft({ quantity: '0.1' }), at(1));
    const second = eth.place(draft({ quantity: '0.1' }), at(1));
    expect([first, second]).toMatchObject([{ order: { id: 1 } }, { order: { id: 1 } }]);
    expect([btc.takeTradeIds(1), eth.takeTradeIds(1)]).toEqual([2, 2]);
    expect(eth.place(draft({ quantity: '1', clientOrderId: 'too much' }), at(2))).toMatchObject({
      outcome: 'refused',
      reason: 'INSUFFICIENT_BALANCE',
    });
    expect(account.balance('BTC').free.toFixed()).toBe('0.0999');
    expect(btc.balance('ETH').free.toFixed()).toBe('0.0999');
  });

  it('go on from snapshots in which the account is not', () => {
    const { account, btc } = scene();
    btc.place(draft({ type: 'limit', price: '39000', quantity: '0.1' }), at(1));
    const snapshot = btc.snapshot();
    expect(snapshot.balances).toEqual({});
    expect(snapshot).not.toHaveProperty('transfers');
    const restored = createAccount(account.snapshot());
    const again = createVenue(rules, snapshot, { account: restored });
    expect(restored.balance('USDT').locked.toFixed()).toBe('3900');
    again.cancel(1, at(2));
    expect(restored.snapshot().USDT).toEqual({ free: '5000', locked: '0' });
  });
});

describe('deposits and withdrawals', () => {
  it('change what is free, with ids that count on over a restart', () => {
    const venue = venueAt(40_000);
    expect(venue.transfer('USDT', decimal('100'), at(5))).toMatchObject({ id: 'transfer-1', asset: 'USDT', at: 5 });
    venue.transfer('BTC', decimal('-0.25'), at(6));
    const again = createVenue(rules, JSON.parse(JSON.stringify(venue.snapshot())));
    expect(again.transfers()).toEqual(venue.transfers());
    expect(again.transfer('ETH', decimal('1'), at(7)).id).toBe('transfer-3');
    expect(again.assets().map((asset) => again.balance(asset).free.toFixed())).toEqual(['0.75', '40100', '1']);
  });

  it('may not be nothing, nor more than is free', () => {
    const venue = venueAt(40_000);
    expect(() => venue.transfer('USDT', decimal('0'), at(1))).toThrow('amount must be above or below 0, was 0');
    venue.place(draft({ type: 'limit', price: '39000', quantity: '1' }), at(1));
    expect(() => venue.transfer('USDT', decimal('-1000.01'), at(1))).toThrow('USDT balance must not go below 0');
    expect(venue.transfers()).toEqual([]);
    venue.transfer('USDT', decimal('-1000'), at(1));
  });
});

describe('a snapshot from before there were pairs, transfers and queues', () => {
  it('still loads', () => {
    const old = {
      balances: { BTC: { free: '0', locked: '0.5' }, USDT: { free: '10', locked: '0' } },
      open: [
        {
          id: 3,
          clientOrderId: 'old',
          side: 'sell',
          type: 'limit',
          timeInForce: 'gtc',
          status: 'new',
          price: '40100',
          stopPrice: '0',
          quantity: '0.5',
          quoteQuantity: '0',
          filled: '0',
          cost: '0',
          createdAt: 1,
          updatedAt: 1,
          workingAt: 1,
        },
      ],
      nextOrderId: 4,
      nextTradeId: 9,
      point: { at: 1, price: 40_000, volume: VOLUME, continuous: true },
      taken: { bid: 0, ask: 0 },
    } as unknown as Parameters<typeof createVenue>[1];
    const venue = createVenue(rules, old);
    expect(venue.openOrders()).toMatchObject([{ listId: null }]);
    expect(told(venue.cancel(3, at(2)))).toEqual(['old cancelled']);
    expect(venue.balance('BTC').free.toFixed()).toBe('0.5');
    expect(venue.transfers()).toEqual([]);
  });
});
