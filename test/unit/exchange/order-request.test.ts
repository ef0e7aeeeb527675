import { describe, expect, it } from 'vitest';
import { cancelName, placedName } from '../../../src/adapters/exchange/cancel-name.ts';
import {
  cancelRequest,
  pairRequest,
  placeRequest,
  replaceRequest,
} from '../../../src/adapters/exchange/order-request.ts';
import type { RequestShape } from '../../../src/adapters/exchange/request-signer.ts';
import type { ApprovedOrder, ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';

const approve = (order: Partial<ProposedOrder>): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: 'mine',
    side: 'sell',
    type: 'market',
    quantity: quantity('0.0000001'),
    referencePrice: price('100'),
    ...order,
  }) as ApprovedOrder;

const namesOf = (shape: RequestShape) => shape.map(({ name }) => name);

const common = {
  newClientOrderId: 'mine',
  newOrderRespType: 'FULL',
  quantity: '0.0000001',
  side: 'SELL',
  symbol: 'BTCUSDT',
};

describe('an order as a request', () => {
  it.each([
    ['market', {}, { type: 'MARKET' }],
    ['limit', { limitPrice: price('99.50') }, { type: 'LIMIT', price: '99.5', timeInForce: 'GTC' }],
    ['limit', { limitPrice: price('99.50'), timeInForce: 'ioc' }, { type: 'LIMIT', price: '99.5', timeInForce: 'IOC' }],
    ['limit', { limitPrice: price('99.50'), timeInForce: 'fok' }, { type: 'LIMIT', price: '99.5', timeInForce: 'FOK' }],
    ['post_only', { limitPrice: price('120') }, { type: 'LIMIT_MAKER', price: '120' }],
    ['stop', { stopPrice: price('90') }, { type: 'STOP_LOSS', stopPrice: '90' }],
  ] as const)('of type %s %o holds what the exchange wants of it, and nothing else', (type, more, own) => {
    const { values, shape } = placeRequest(approve({ type, ...more }), 'BTCUSDT');
    const names = namesOf(shape);
    expect(values).toEqual({ ...common, ...own });
    expect(names.filter((name) => !['apiKey', 'recvWindow', 'timestamp'].includes(name)).toSorted()).toEqual(
      Object.keys(values).toSorted(),
    );
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it.each([
    ['limit', 'limitPrice'],
    ['post_only', 'limitPrice'],
    ['stop', 'stopPrice'],
  ] as const)('is none as a %s without its %s', (type, name) => {
    expect(() => placeRequest(approve({ type }), 'BTCUSDT')).toThrow(
      `a ${type} order must have a ${name}, mine had none`,
    );
  });

  it('replaces only what it has cancelled, and names the cancelled one so that it is known again', () => {
    const { values, shape } = replaceRequest(
      'old',
      approve({ type: 'post_only', limitPrice: price('120') }),
      'BTCUSDT',
    );
    expect(values).toEqual({
      ...common,
      type: 'LIMIT_MAKER',
      price: '120',
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrigClientOrderId: 'old',
      cancelNewClientOrderId: 'old:c',
    });
    expect(namesOf(shape)).toEqual(expect.arrayContaining(Object.keys(values)));
  });

  it('cancels under a name that says whose cancel it is, where there is room for it', () => {
    expect(cancelRequest('mine', 'BTCUSDT').values).toEqual({
      symbol: 'BTCUSDT',
      origClientOrderId: 'mine',
      newClientOrderId: 'mine:c',
    });
    const long = 'x'.repeat(35);
    expect(cancelRequest(long, 'BTCUSDT')).toMatchObject({ values: { symbol: 'BTCUSDT', origClientOrderId: long } });
    expect(namesOf(cancelRequest(long, 'BTCUSDT').shape)).not.toContain('newClientOrderId');
  });

  it('is known by its own name again after a cancel', () => {
    expect(placedName(cancelName('ar-1a2b3c4d-abc-e0-1') ?? '')).toBe('ar-1a2b3c4d-abc-e0-1');
    expect(placedName('ar-1a2b3c4d-abc-e0-1')).toBe('ar-1a2b3c4d-abc-e0-1');
  });
});

describe('a pair as a request', () => {
  const takeProfit = approve({ type: 'post_only', clientOrderId: 'profit', limitPrice: price('120') });
  const stopLoss = approve({ type: 'stop', clientOrderId: 'loss', stopPrice: price('90') });

  it('of sales has the profit above and the loss below', () => {
    const { values, shape } = pairRequest({ listClientOrderId: 'pair', takeProfit, stopLoss }, 'BTCUSDT');
    expect(values).toEqual({
      listClientOrderId: 'pair',
      newOrderRespType: 'RESULT',
      quantity: '0.0000001',
      side: 'SELL',
      symbol: 'BTCUSDT',
      aboveClientOrderId: 'profit',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '120',
      belowClientOrderId: 'loss',
      belowType: 'STOP_LOSS',
      belowStopPrice: '90',
    });
    expect(namesOf(shape)).toEqual(expect.arrayContaining(Object.keys(values)));
  });

  it('of purchases has them the other way round', () => {
    const buy = <T extends ApprovedOrder>(order: T): T => ({ ...order, side: 'buy' });
    const { values } = pairRequest(
      { listClientOrderId: 'pair', takeProfit: buy(takeProfit), stopLoss: buy(stopLoss) },
      'BTCUSDT',
    );
    expect(values).toMatchObject({
      aboveType: 'STOP_LOSS',
      aboveStopPrice: '90',
      belowType: 'LIMIT_MAKER',
      belowPrice: '120',
    });
  });

  it.each([
    ['quantities', { quantity: quantity('1') }],
    ['sides', { side: 'buy' as const }],
    ['symbols', { symbol: 'ETH/USDT' }],
    ['types', { type: 'limit' as const }],
  ])('is none of two %s', (_, change) => {
    const pair = { listClientOrderId: 'pair', takeProfit: { ...takeProfit, ...change } as ApprovedOrder, stopLoss };
    expect(() => pairRequest(pair, 'BTCUSDT')).toThrow(
      /a pair must be a post_only and a stop of one side, symbol and quantity, was /,
    );
  });
});
