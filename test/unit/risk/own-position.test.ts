import { describe, expect, it } from 'vitest';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill, MarketRules, OrderReport, Side } from '../../../src/core/ports/exchange.ts';
import { readOwnPosition } from '../../../src/core/risk/own-position.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const LINE = 'main:trend:BTC/USDT:1m' as SlotId;
const rules = { symbol: 'BTC/USDT', base: 'BTC' } as MarketRules;
const own = (attempt: number) =>
  clientOrderId({ slot: LINE, barClose: epochMillis(60_000), leg: 'entry', attempt, epoch: 1 });

const order = (exchangeOrderId: string, id: string, side: Side, filled: string): OrderReport => ({
  symbol: 'BTC/USDT',
  clientOrderId: id,
  exchangeOrderId,
  side,
  status: 'filled',
  quantity: quantity(filled),
  filled: quantity(filled),
  updatedAt: epochMillis(1),
});
const fill = (
  exchangeOrderId: string,
  side: Side,
  amount: string,
  [fee, feeAsset]: [string, string],
  id?: string,
): Fill => ({
  symbol: 'BTC/USDT',
  tradeId: `${exchangeOrderId}-${amount}`,
  exchangeOrderId,
  ...(id === undefined ? {} : { clientOrderId: id }),
  side,
  price: price('100'),
  quantity: quantity(amount),
  fee: decimal(fee),
  feeAsset,
  executedAt: epochMillis(1),
});

async function read(orders: readonly OrderReport[], fills: readonly Fill[]) {
  const position = await readOwnPosition(LINE, rules, {
    ordersSince: async () => orders,
    fillsSince: async () => fills,
  });
  return position.known ? position.held.toFixed() : position.reason;
}

describe('what a line holds by the history of the exchange', () => {
  it('is what it bought and did not sell, less what it paid in the asset itself', async () => {
    const orders = [order('1', own(0), 'buy', '2'), order('2', own(1), 'sell', '0.5')];
    const fills = [
      fill('1', 'buy', '1.5', ['0.0015', 'BTC']),
      fill('1', 'buy', '0.5', ['0.1', 'BNB']),
      fill('2', 'sell', '0.5', ['0.05', 'USDT']),
    ];
    expect(await read(orders, fills)).toBe('1.4985');
    expect(await read([], [])).toBe('0');
  });

  it('is nothing of what others of the account bought', async () => {
    const orders = [order('1', 'by-hand', 'buy', '2'), order('2', own(0), 'buy', '1')];
    expect(await read(orders, [fill('1', 'buy', '2', ['0.1', 'BTC']), fill('2', 'buy', '1', ['0', 'BTC'])])).toBe('1');
  });

  it('counts a trade that names its order, also where the order is no longer listed', async () => {
    expect(
      await read([], [fill('7', 'buy', '1', ['0', 'BTC'], own(0)), fill('8', 'buy', '5', ['0', 'BTC'], 'by-hand')]),
    ).toBe('1');
  });

  it('is not known where a trade might be of the line and might not', async () => {
    expect(await read([], [fill('7', 'buy', '1', ['0', 'BTC'])])).toBe(
      "trade 7-1 belongs to an order that the exchange no longer lists, which may be this slot's",
    );
  });

  it('is not known where trades of an order are missing', async () => {
    expect(await read([order('1', own(0), 'buy', '2')], [fill('1', 'buy', '1.5', ['0', 'BTC'])])).toBe(
      `order ${own(0)} traded 2, the exchange lists trades of 1.5`,
    );
    expect(await read([order('1', own(0), 'sell', '2')], [])).toBe(
      `order ${own(0)} traded 2, the exchange lists trades of 0`,
    );
  });

  it('is not known where more went than came', async () => {
    const orders = [order('1', own(0), 'sell', '2')];
    expect(await read(orders, [fill('1', 'sell', '2', ['0', 'USDT'])])).toBe(
      'by its trades it sold 2 BTC more than it bought',
    );
  });
});
