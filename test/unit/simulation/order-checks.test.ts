import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import {
  checkClientId,
  checkOrder,
  type OpenOrderCounts,
  ORDER_BOUNDS,
} from '../../../src/core/simulation/order-checks.ts';
import type { OrderDraft, VenueOrder } from '../../../src/core/simulation/venue-order.ts';
import { decimal, ZERO } from '../../../src/core/trading/money.ts';

const rules = simulatedMarketRules('BTC/USDT');
const market: OrderDraft = {
  clientOrderId: 'new',
  side: 'buy',
  type: 'market',
  timeInForce: 'gtc',
  quantity: decimal('0.1'),
};
const limit: OrderDraft = { ...market, type: 'limit', price: decimal('40000') };
const stop: OrderDraft = { ...market, type: 'stop_loss', stopPrice: decimal('41000') };

function openOrder(fields: Partial<VenueOrder>): VenueOrder {
  const at = epochMillis(0);
  const zero = { stopPrice: ZERO, quoteQuantity: ZERO, filled: ZERO, cost: ZERO };
  const order = {
    id: 1,
    listId: null,
    clientOrderId: 'old',
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    status: 'new',
  } as const;
  return {
    ...order,
    ...zero,
    price: decimal('1'),
    quantity: decimal('1'),
    createdAt: at,
    updatedAt: at,
    workingAt: at,
    ...fields,
  };
}

const counted = (open: readonly VenueOrder[]): OpenOrderCounts => ({
  size: open.length,
  waiting: () => open.filter(({ workingAt }) => workingAt === null).length,
  hasClientId: (id) => open.some(({ clientOrderId }) => clientOrderId === id),
});

function check(draft: OrderDraft, open: readonly VenueOrder[] = []) {
  const counts = counted(open);
  const refusal = checkOrder(draft, rules, decimal('40000'), counts) ?? checkClientId(draft.clientOrderId, counts);
  return refusal && [refusal.reason, refusal.message];
}

describe('the rules of a market', () => {
  it('let through what keeps them', () => {
    expect([check(market), check(limit), check(stop)]).toEqual([undefined, undefined, undefined]);
    expect(check({ ...market, quantity: undefined as never, quoteQuantity: decimal('5') })).toBeUndefined();
  });

  it.each([
    [
      'a price between two steps',
      { ...limit, price: decimal('40000.001') },
      'PRICE_FILTER',
      'price must be a multiple of 0.01 above 0, at most 1000000, was 40000.001',
    ],
    ['a price of 0', { ...limit, price: ZERO }, 'PRICE_FILTER', 'was 0'],
    ['a price too high', { ...limit, price: decimal('1000000.01') }, 'PRICE_FILTER', 'was 1000000.01'],
    ['no price', { ...market, type: 'limit' as const }, 'PRICE_FILTER', 'price must be'],
    ['a trigger between two steps', { ...stop, stopPrice: decimal('41000.005') }, 'PRICE_FILTER', 'stopPrice must be'],
    ['no trigger', { ...market, type: 'take_profit' as const }, 'PRICE_FILTER', 'stopPrice must be'],
    [
      'a price far below',
      { ...limit, price: decimal('7999.99') },
      'PERCENT_PRICE_BY_SIDE',
      'price must be from 8000 to 200000, was 7999.99',
    ],
    ['a price far above', { ...limit, price: decimal('200000.01') }, 'PERCENT_PRICE_BY_SIDE', 'was 200000.01'],
    [
      'a quantity between two steps',
      { ...market, quantity: decimal('0.100001') },
      'LOT_SIZE',
      'quantity must be a multiple of 0.00001, from 0.00001 to 9000, was 0.100001',
    ],
    ['no quantity', { ...market, quantity: ZERO }, 'LOT_SIZE', 'was 0'],
    ['a quantity left out', { ...market, quantity: undefined as never }, 'LOT_SIZE', 'was 0'],
    ['a quantity too large', { ...market, quantity: decimal('9000.00001') }, 'LOT_SIZE', 'was 9000.00001'],
    [
      'too little money',
      { ...market, quantity: decimal('0.00012') },
      'NOTIONAL',
      'notional must be from 5 to 9000000 USDT, was 4.8',
    ],
    ['too much money', { ...market, quantity: decimal('226') }, 'NOTIONAL', 'was 9040000'],
    ['too little by quote', { ...market, quoteQuantity: decimal('4.99') }, 'NOTIONAL', 'was 4.99'],
  ] as const)('refuse %s', (_, draft, reason, message) => {
    const refusal = check(draft);
    expect(refusal?.[0]).toBe(reason);
    expect(refusal?.[1]).toContain(message);
  });

  it('refuse a client id that an open order has', () => {
    expect(check({ ...market, clientOrderId: 'old' }, [openOrder({})])).toEqual([
      'DUPLICATE_CLIENT_ORDER_ID',
      'clientOrderId must be unlike those of open orders, was "old"',
    ]);
  });

  it('refuse more open orders than the market takes, and fewer of those that wait for a trigger', () => {
    const many = (count: number, fields: Partial<VenueOrder> = {}) =>
      Array.from({ length: count }, (_, i) => openOrder({ clientOrderId: `o${i}`, ...fields }));
    expect(check(market, many(ORDER_BOUNDS.maxOrders - 1))).toBeUndefined();
    expect(check(market, many(ORDER_BOUNDS.maxOrders))?.[0]).toBe('MAX_NUM_ORDERS');
    const waiting = many(ORDER_BOUNDS.maxTriggerOrders, { workingAt: null });
    expect(check(market, waiting)).toBeUndefined();
    expect(check(stop, waiting)?.[0]).toBe('MAX_NUM_ALGO_ORDERS');
  });
});

describe('simulated markets', () => {
  it('have the steps Binance gives them, or steps for a price around one', () => {
    const steps = (symbol: string) => {
      const { base, quote, priceStep, quantityStep } = simulatedMarketRules(symbol);
      return [base, quote, priceStep.toFixed(), quantityStep.toFixed()];
    };
    expect(steps('BTC/USDT')).toEqual(['BTC', 'USDT', '0.01', '0.00001']);
    expect(steps('ETH/USDT')).toEqual(['ETH', 'USDT', '0.01', '0.0001']);
    expect(steps('ABC/EUR')).toEqual(['ABC', 'EUR', '0.0001', '0.01']);
  });

  it('need a symbol with a base and a quote', () => {
    expect(() => simulatedMarketRules('BTCUSDT')).toThrow('symbol must be like "BTC/USDT", was "BTCUSDT"');
  });
});
