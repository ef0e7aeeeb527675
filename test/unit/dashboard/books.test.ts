import { describe, expect, it } from 'vitest';
import { bookFill, EMPTY_BOOKS } from '../../../src/core/dashboard/books.ts';
import type { StoredFill } from '../../../src/core/dashboard/stored-fill.ts';
import { tradeRows } from '../../../src/core/dashboard/trade-row.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const rules = { base: 'BTC', quote: 'USDT' };
let trade = 0;

function fill(
  clientOrderId: string,
  side: 'buy' | 'sell',
  at: string,
  size: string,
  fee: string,
  feeAsset: string,
): StoredFill {
  trade += 1;
  return {
    clientOrderId,
    symbol: 'BTC/USDT',
    tradeId: String(trade),
    exchangeOrderId: '1',
    side,
    price: price(at),
    quantity: quantity(size),
    fee: decimal(fee),
    feeAsset,
    executedAt: epochMillis(trade),
  };
}

const book = (fills: readonly StoredFill[], keep = 10) =>
  fills.reduce((books, one) => bookFill(books, one, rules, keep), EMPTY_BOOKS);

describe('the books of the page', () => {
  it('count fees in quote currency, those in base currency at the price of their fill', () => {
    const books = book([
      fill('a', 'buy', '40000', '0.1', '0.0001', 'BTC'),
      fill('b', 'sell', '41000', '0.05', '2.05', 'USDT'),
      fill('c', 'sell', '41000', '0.01', '0.001', 'BNB'),
    ]);
    expect(books.fees.toFixed()).toBe('6.05');
  });

  it('count an order filled in parts as one exit, which won when it earned in the end', () => {
    const opened = [fill('a', 'buy', '100', '2', '0', 'USDT')];
    const lost = [...opened, fill('b', 'sell', '90', '1', '0', 'USDT')];
    expect(book(lost)).toMatchObject({ exits: 1, wins: 0 });
    const won = [...lost, fill('b', 'sell', '120', '1', '0', 'USDT')];
    expect(book(won)).toMatchObject({ exits: 1, wins: 1 });
  });

  it('join the fills of an order into one trade at their average price', () => {
    const books = book([fill('a', 'buy', '100', '1', '1', 'USDT'), fill('a', 'buy', '200', '3', '1', 'USDT')]);
    expect(tradeRows({ books, marks: [] }, 10)).toEqual([
      expect.objectContaining({ clientOrderId: 'a', quantity: '4', averagePrice: '175', notional: '700', fees: '2' }),
    ]);
  });

  it('forget the oldest trade when there are too many', () => {
    const books = book(
      ['a', 'b', 'c'].map((id) => fill(id, 'buy', '100', '1', '0', 'USDT')),
      2,
    );
    expect([...books.trades.keys()]).toEqual(['b', 'c']);
  });
});

describe('a trade row', () => {
  it('names the model that decided and what it predicted while the decision is at hand', () => {
    const books = book([fill('a', 'buy', '100', '0', '0', 'USDT')]);
    const mark = {
      barClose: epochMillis(1),
      close: 100,
      runId: 'run-1',
      probability: 0.6,
      signal: 'long',
      action: 'order',
      reason: '',
      clientOrderId: 'a',
    } as const;
    expect(tradeRows({ books, marks: [mark] }, 1)[0]).toMatchObject({
      runId: 'run-1',
      probability: 0.6,
      averagePrice: '0',
    });
  });
});
