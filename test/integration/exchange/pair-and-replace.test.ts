import { describe, expect, it } from 'vitest';
import { price, quantity } from '../../../src/core/trading/money.ts';
import { approve, connect } from './connect.ts';
import { type SocketAnswer, startScriptedServer } from './scripted-server.ts';

const transports = [['websocket'], ['rest']] as const;
type Via = (typeof transports)[number][0];

const error = (status: number, code: number, msg = 'said the exchange', data?: object): SocketAnswer => ({
  status,
  error: { code, msg, ...(data ? { data } : {}) },
});

const order = (clientOrderId: string, overrides: object = {}) => ({
  symbol: 'BTCUSDT',
  orderId: 11,
  orderListId: -1,
  clientOrderId,
  transactTime: 2_000,
  price: '120.00000000',
  origQty: '0.00100000',
  executedQty: '0.00000000',
  status: 'NEW',
  type: 'LIMIT_MAKER',
  side: 'SELL',
  ...overrides,
});

/** One exchange whose every request about orders is answered so. */
async function answered<T>(answer: SocketAnswer, via: Via, act: (exchange: ReturnType<typeof connect>) => Promise<T>) {
  await using server = await startScriptedServer();
  server.socket = () => answer;
  server.http = (method) => {
    if (method === 'GET') return undefined;
    if (typeof answer === 'string') return answer;
    return { status: answer.status, body: answer.status === 200 ? answer.result : answer.error };
  };
  const exchange = connect(server, { submit: { timeoutMs: 2_000, via } });
  const outcome = await act(exchange);
  await exchange.close();
  return { outcome, sent: server.requests.filter((request) => !request.startsWith('GET')) };
}

const replacement = approve('new', { type: 'post_only', side: 'sell', limitPrice: price('120') });
const replace = (answer: SocketAnswer, via: Via) =>
  answered(answer, via, (exchange) => exchange.replace('old', replacement));

const cancelled = order('old:c', {
  orderId: 10,
  origClientOrderId: 'old',
  status: 'CANCELED',
  executedQty: '0.00040000',
});
const failure = (code: number, msg = 'Unknown order sent.') => ({ code, msg });

describe.each(transports)('replacing an order over %s', (via) => {
  it('has cancelled the one and placed the other', async () => {
    const result = {
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: cancelled,
      newOrderResponse: order('new'),
    };
    const { outcome, sent } = await replace({ status: 200, result }, via);
    expect(outcome).toMatchObject({
      outcome: 'replaced',
      cancelled: { clientOrderId: 'old', status: 'cancelled', exchangeOrderId: '10' },
      report: { clientOrderId: 'new', status: 'new', exchangeOrderId: '11' },
      fills: [],
    });
    expect(sent).toEqual([via === 'rest' ? 'POST /api/v3/order/cancelReplace' : 'ws order.cancelReplace']);
  });

  it('has kept the old one when it could not be cancelled', async () => {
    const data = {
      cancelResult: 'FAILURE',
      newOrderResult: 'NOT_ATTEMPTED',
      cancelResponse: failure(-2011),
      newOrderResponse: null,
    };
    const { outcome } = await replace(error(400, -2022, 'Order cancel-replace failed.', data), via);
    expect(outcome).toEqual({ outcome: 'kept', code: '-2011', reason: 'Unknown order sent.' });
  });

  it.each([
    [-2010, 'Order would immediately match and take.', '-2010'],
    [-1015, 'Too many new orders; current limit is 50 orders per 10 SECOND.', 'RATE_LIMITED'],
  ])('has only cancelled when the new one was refused with %i', async (code, msg, told) => {
    const data = {
      cancelResult: 'SUCCESS',
      newOrderResult: 'FAILURE',
      cancelResponse: cancelled,
      newOrderResponse: failure(code, msg),
    };
    const { outcome } = await replace(error(409, -2021, 'Order cancel-replace partially failed.', data), via);
    expect(outcome).toMatchObject({
      outcome: 'cancelled_only',
      code: told,
      reason: msg,
      cancelled: { clientOrderId: 'old', status: 'cancelled' },
    });
    if (outcome.outcome === 'cancelled_only') expect(outcome.cancelled.filled.toFixed()).toBe('0.0004');
  });

  it('has cancelled the whole pair when the old one was one of two', async () => {
    const list = {
      orderListId: 7,
      contingencyType: 'OCO',
      orderReports: [
        order('old:c', { orderId: 9, orderListId: 7, origClientOrderId: 'other', status: 'CANCELED' }),
        { ...cancelled, orderListId: 7 },
      ],
    };
    const result = {
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: list,
      newOrderResponse: order('new'),
    };
    const { outcome } = await replace({ status: 200, result }, via);
    expect(outcome).toMatchObject({ outcome: 'replaced', cancelled: { clientOrderId: 'old', exchangeOrderId: '10' } });
  });

  it.each([
    ['-1013, which is found before anything is done', error(400, -1013, 'Filter failure: LOT_SIZE'), '-1013'],
    ['-1021', error(400, -1021), '-1021'],
    ['429', error(429, -1015, 'Too many new orders.'), 'RATE_LIMITED'],
  ])('has kept the old one after %s', async (_, answer, code) => {
    expect((await replace(answer, via)).outcome).toMatchObject({ outcome: 'kept', code });
  });

  const parts = (cancelResult: string, newOrderResult: string, cancelResponse: unknown, newOrderResponse: unknown) => ({
    cancelResult,
    newOrderResult,
    cancelResponse,
    newOrderResponse,
  });
  it.each<[string, SocketAnswer]>([
    ['nothing', 'silence'],
    ['a closed connection', 'hang-up'],
    ['503', error(503, -1000)],
    ['-1006, execution status unknown', error(400, -1006)],
    [
      'a cancel that may have been',
      error(400, -2022, 'failed', parts('FAILURE', 'NOT_ATTEMPTED', failure(-1007), null)),
    ],
    [
      'a new order that may have been',
      error(409, -2021, 'failed', parts('SUCCESS', 'FAILURE', cancelled, failure(-1007))),
    ],
    [
      'a new order that lives already',
      error(409, -2021, 'failed', parts('SUCCESS', 'FAILURE', cancelled, failure(-2010, 'Duplicate order sent.'))),
    ],
    [
      'a new order in spite of the old',
      error(409, -2021, 'failed', parts('FAILURE', 'SUCCESS', failure(-2011), order('new'))),
    ],
    ['parts that cannot be read', error(409, -2021, 'failed', parts('SUCCESS', 'FAILURE', {}, {}))],
    ['a good answer without parts', { status: 200, result: order('new') }],
  ])('is unknown after %s, and was written once', async (_, answer) => {
    const { outcome, sent } = await replace(answer, via);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
  });

  it('with an order that lacks its price sends nothing, and keeps the old one', async () => {
    const { outcome, sent } = await answered({ status: 200, result: {} }, via, (exchange) =>
      exchange.replace('old', approve('new', { type: 'post_only' })),
    );
    expect(outcome).toMatchObject({
      outcome: 'kept',
      code: 'ORDER_INVALID',
      reason: expect.stringMatching(/^nothing was sent/),
    });
    expect(sent).toEqual([]);
  });
});

const pair = {
  listClientOrderId: 'pair',
  takeProfit: approve('profit', { type: 'post_only', side: 'sell', limitPrice: price('120') }),
  stopLoss: approve('loss', { type: 'stop', side: 'sell', stopPrice: price('90') }),
};
const submitPair = (answer: SocketAnswer, via: Via) => answered(answer, via, (exchange) => exchange.submitPair(pair));
const list = (...orderReports: readonly object[]) => ({ orderListId: 7, contingencyType: 'OCO', orderReports });

describe.each(transports)('a pair over %s', (via) => {
  it('rests when both of its orders do, each by its own name', async () => {
    const result = list(order('loss', { type: 'STOP_LOSS', orderId: 21 }), order('profit', { orderId: 22 }));
    const { outcome, sent } = await submitPair({ status: 200, result }, via);
    expect(outcome).toMatchObject({
      outcome: 'acknowledged',
      takeProfit: { clientOrderId: 'profit', exchangeOrderId: '22', status: 'new' },
      stopLoss: { clientOrderId: 'loss', exchangeOrderId: '21', status: 'new' },
    });
    expect(sent).toEqual([via === 'rest' ? 'POST /api/v3/orderList/oco' : 'ws orderList.place.oco']);
  });

  it.each([
    ['-2010', error(400, -2010, 'The relationship of the prices for the orders is not correct.'), '-2010'],
    ['-1013', error(400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'), '-1013'],
    ['429', error(429, -1003), 'RATE_LIMITED'],
  ])('is certainly not placed after %s', async (_, answer, code) => {
    expect((await submitPair(answer, via)).outcome).toMatchObject({ outcome: 'rejected', code });
  });

  it.each<[string, SocketAnswer]>([
    ['nothing', 'silence'],
    ['a closed connection', 'hang-up'],
    ['500', error(500, -1000)],
    ['-1007', error(400, -1007)],
    ['a duplicate', error(400, -2010, 'Duplicate order sent.')],
    ['an answer with one order', { status: 200, result: list(order('loss')) }],
    ['an answer with other names', { status: 200, result: list(order('a'), order('b')) }],
  ])('is unknown after %s, and was written once', async (_, answer) => {
    const { outcome, sent } = await submitPair(answer, via);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
  });

  it('of unequal orders is not sent', async () => {
    const { outcome, sent } = await answered({ status: 200, result: {} }, via, (exchange) =>
      exchange.submitPair({ ...pair, stopLoss: approve('loss', { ...pair.stopLoss, quantity: quantity('9') }) }),
    );
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'ORDER_INVALID' });
    expect(sent).toEqual([]);
  });
});

describe.each(transports)('a cancel over %s', (via) => {
  const cancel = (answer: SocketAnswer) => answered(answer, via, (exchange) => exchange.cancel('BTC/USDT', 'old'));

  it('of one of a pair tells what became of that one', async () => {
    const other = order('old:c', { orderId: 9, orderListId: 7, origClientOrderId: 'other', status: 'CANCELED' });
    const { outcome } = await cancel({ status: 200, result: list(other, { ...cancelled, orderListId: 7 }) });
    expect(outcome).toMatchObject({ outcome: 'cancelled', report: { clientOrderId: 'old', exchangeOrderId: '10' } });
  });

  it('is unknown when its answer is not about the order', async () => {
    const other = order('other:c', { orderId: 9, origClientOrderId: 'other', status: 'CANCELED' });
    expect((await cancel({ status: 200, result: list(other) })).outcome).toMatchObject({ outcome: 'unknown' });
    expect((await cancel({ status: 200, result: {} })).outcome).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a cancel', () => {
  const rest = (server: Awaited<ReturnType<typeof startScriptedServer>>) => {
    server.http = (method) => (method === 'DELETE' ? { body: cancelled } : undefined);
    return server.requests;
  };

  it('goes out by REST when the socket is gone and cannot be opened again', async () => {
    await using server = await startScriptedServer();
    const requests = rest(server);
    const exchange = connect(server, { wsUrl: 'ws://127.0.0.1:1' });
    expect(await exchange.submit(approve('a'))).toMatchObject({ outcome: 'rejected', code: 'NOT_CONNECTED' });
    expect(await exchange.cancel('BTC/USDT', 'old')).toMatchObject({ outcome: 'cancelled' });
    expect(requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
    await exchange.close();
  });

  it('goes out while the exchange asks to be left alone: an order that rests may cost more than a ban', async () => {
    await using server = await startScriptedServer();
    server.socket = (method) => (method === 'order.place' ? error(429, -1003) : { status: 200, result: cancelled });
    const exchange = connect(server);
    await exchange.submit(approve('a'));
    expect(await exchange.submit(approve('b'))).toMatchObject({ reason: expect.stringMatching(/^nothing was sent/) });
    expect(await exchange.cancel('BTC/USDT', 'old')).toMatchObject({ outcome: 'cancelled' });
    await exchange.close();
  });
});

describe('an exchange that puts the name of a cancel in place of the order’s own', () => {
  const renamed = order('mine:c', { status: 'CANCELED', updateTime: 3_000, time: 1_000 });

  it('is asked for the order by both names', async () => {
    await using server = await startScriptedServer();
    server.http = (method, path, query) => {
      if (method !== 'GET' || path !== '/api/v3/order') return undefined;
      return query.get('origClientOrderId') === 'mine:c'
        ? { body: renamed }
        : { status: 400, body: { code: -2013, msg: 'Order does not exist.' } };
    };
    const exchange = connect(server);
    expect(await exchange.order('BTC/USDT', 'mine')).toMatchObject({ clientOrderId: 'mine', status: 'cancelled' });
    expect(await exchange.order('BTC/USDT', 'never')).toBeUndefined();
    await exchange.close();
  });

  it('shows it in its history by its own, but not the orders of a pair, which share one name', async () => {
    await using server = await startScriptedServer();
    server.http = (_, path) =>
      path === '/api/v3/allOrders'
        ? { body: [renamed, { ...renamed, orderId: 12, orderListId: 7 }, { ...renamed, orderId: 13, orderListId: 7 }] }
        : undefined;
    const exchange = connect(server);
    const orders = await exchange.ordersSince('BTC/USDT', 0 as never);
    expect(orders.map(({ clientOrderId, exchangeOrderId }) => [clientOrderId, exchangeOrderId])).toEqual([
      ['mine', '11'],
      ['mine:c', '12'],
      ['mine:c', '13'],
    ]);
    await exchange.close();
  });
});
