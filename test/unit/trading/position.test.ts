import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill } from '../../../src/core/ports/exchange.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { applyFill, FLAT } from '../../../src/core/trading/position.ts';
import {
  accountToJson,
  bookFills,
  equityOf,
  markEquity,
  openAccount,
  parseAccount,
} from '../../../src/core/trading/slot-account.ts';

const rules = { base: 'BTC', quote: 'USDT' };
let trades = 0;
const fill = (side: 'buy' | 'sell', at: string, amount: string, fee: string, feeAsset: string): Fill => ({
  symbol: 'BTC/USDT',
  tradeId: String(trades++),
  exchangeOrderId: '1',
  side,
  price: price(at),
  quantity: quantity(amount),
  fee: decimal(fee),
  feeAsset,
  executedAt: epochMillis(trades),
});

describe('a position', () => {
  it('holds what a buy brings after a fee in base currency', () => {
    const { position, quoteChange } = applyFill(FLAT, fill('buy', '40000', '0.1', '0.0001', 'BTC'), rules);
    expect(position.quantity.toFixed()).toBe('0.0999');
    expect(position.cost.toFixed()).toBe('4000');
    expect(quoteChange.toFixed()).toBe('-4000');
  });

  it('realises the difference to its average cost, fees included', () => {
    const bought = applyFill(FLAT, fill('buy', '40000', '0.1', '4', 'USDT'), rules).position;
    const sold = applyFill(bought, fill('sell', '41000', '0.05', '2.05', 'USDT'), rules);
    expect(sold.realisedPnl.toFixed()).toBe('45.95');
    expect(sold.position.quantity.toFixed()).toBe('0.05');
    expect(sold.position.cost.toFixed()).toBe('2002');
  });

  it('leaves fees in a third asset out of quote and base', () => {
    const { position, quoteChange } = applyFill(FLAT, fill('buy', '100', '1', '0.01', 'BNB'), rules);
    expect(position.quantity.toFixed()).toBe('1');
    expect(quoteChange.toFixed()).toBe('-100');
  });

  it('books a sale of more than is held without losing a cent', () => {
    const held = applyFill(FLAT, fill('buy', '100', '1', '0', 'USDT'), rules).position;
    const sold = applyFill(held, fill('sell', '110', '2', '0', 'USDT'), rules);
    expect(sold.position.quantity.toFixed()).toBe('-1');
    expect(sold.position.cost.toFixed()).toBe('0');
    expect(sold.realisedPnl.toFixed()).toBe('120');
  });

  it('conserves money: realised profit is what came in less what the sold part cost, whatever the order of fills', () => {
    const fills = fc.array(
      fc.record({
        side: fc.constantFrom('buy' as const, 'sell' as const),
        price: fc.integer({ min: 1, max: 90_000 }),
        lots: fc.integer({ min: 1, max: 500 }),
        fee: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(fills, (list) => {
        let account = openAccount({ base: ZERO, quote: ZERO }, decimal('10000'));
        let held = 0;
        for (const one of list) {
          const lots = one.side === 'buy' ? one.lots : Math.min(one.lots, held);
          if (lots === 0) continue;
          held += one.side === 'buy' ? lots : -lots;
          account = bookFills(
            account,
            [fill(one.side, String(one.price), (lots / 100).toFixed(2), `0.0${one.fee}`, 'USDT')],
            rules,
          ).account;
        }
        const difference = account.quoteFlow.plus(account.position.cost).minus(account.realisedPnl);
        expect(difference.abs().lt('0.000000000001')).toBe(true);
        expect(account.position.quantity.toFixed(2)).toBe((held / 100).toFixed(2));
      }),
    );
  });
});

describe('a slot account', () => {
  it('comes back from the ledger as it went in', () => {
    const booked = bookFills(
      openAccount({ base: decimal('1.5'), quote: decimal('250') }, decimal('10000')),
      [fill('buy', '3.07', '2', '0.002', 'BTC')],
      rules,
    ).account;
    expect(accountToJson(parseAccount(accountToJson(booked)))).toEqual(accountToJson(booked));
  });

  it('adds fees up by asset over orders, and knows the newest change in it', () => {
    const open = openAccount({ base: ZERO, quote: ZERO }, decimal('100'));
    const [early, late] = [
      { ...fill('buy', '1', '1', '0.1', 'USDT'), executedAt: epochMillis(500) },
      { ...fill('buy', '1', '1', '0.2', 'BTC'), executedAt: epochMillis(900) },
    ];
    const first = bookFills(open, [late, early], rules).account;
    expect(first.settledThrough).toBe(900);
    const second = bookFills(first, [early], rules).account;
    expect(second.settledThrough).toBe(900);
    expect(second.trades).toBe(2);
    expect(accountToJson(second).fees).toEqual({ USDT: '0.2', BTC: '0.2' });
    expect(accountToJson(first).fees).toEqual({ USDT: '0.1', BTC: '0.2' });
  });

  it('counts an order without fills as no trade', () => {
    const account = openAccount({ base: ZERO, quote: ZERO }, decimal('100'));
    expect(bookFills(account, [], rules).account.trades).toBe(0);
  });

  it('is worth its budget, plus what flowed, plus the position at the mark', () => {
    const { account } = bookFills(
      openAccount({ base: decimal('7'), quote: decimal('1') }, decimal('10000')),
      [fill('buy', '100', '2', '0', 'USDT')],
      rules,
    );
    expect(equityOf(account, decimal('10000'), decimal('110')).toFixed()).toBe('10020');
  });

  it('moves the day mark at UTC midnight only and the peak upwards only', () => {
    const day = 86_400_000;
    const start = markEquity(
      openAccount({ base: ZERO, quote: ZERO }, decimal('100')),
      decimal('100'),
      decimal('100'),
      epochMillis(3 * day),
    );
    expect(start.day).toBe(3);
    const higher = markEquity(start, decimal('120'), decimal('100'), epochMillis(3 * day + 60_000));
    expect([higher.dayStartEquity.toFixed(), higher.peakEquity.toFixed()]).toEqual(['100', '120']);
    const lower = markEquity(higher, decimal('90'), decimal('100'), epochMillis(3 * day + 120_000));
    expect(lower).toBe(higher);
    const next = markEquity(lower, decimal('95'), decimal('100'), epochMillis(4 * day));
    expect([next.dayStartEquity.toFixed(), next.peakEquity.toFixed()]).toEqual(['95', '120']);
  });

  it('moves both marks with the budget: a smaller one is no loss, a larger one no room for one', () => {
    const now = epochMillis(86_400_000);
    const opened = markEquity(
      openAccount({ base: ZERO, quote: ZERO }, decimal('10000')),
      decimal('9900'),
      decimal('10000'),
      now,
    );
    const halved = markEquity(opened, decimal('4900'), decimal('5000'), epochMillis(now + 60_000));
    expect([halved.dayStartEquity.toFixed(), halved.peakEquity.toFixed()]).toEqual(['4900', '5000']);
    const raised = markEquity(halved, decimal('99900'), decimal('100000'), epochMillis(now + 120_000));
    expect([raised.dayStartEquity.toFixed(), raised.peakEquity.toFixed()]).toEqual(['99900', '100000']);
    expect(parseAccount(accountToJson(raised)).budget?.toFixed()).toBe('100000');
  });

  it('takes the budget of books that do not tell theirs as it is', () => {
    const { budget: _kept, ...old } = accountToJson(openAccount({ base: ZERO, quote: ZERO }, decimal('10000')));
    const marked = markEquity(parseAccount(old), decimal('10000'), decimal('5000'), epochMillis(0));
    expect([marked.dayStartEquity.toFixed(), marked.budget?.toFixed()]).toEqual(['10000', '5000']);
  });
});
