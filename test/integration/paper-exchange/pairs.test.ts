import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  ccxtClient,
  controlOf,
  openSocket,
  optionsFor,
  request,
  signedSocketParameters,
  temporaryFolder,
  wanderingBars,
} from './paper-client.ts';

const symbol = 'BTCUSDT';
const open: PaperExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

/** An exchange whose account holds 0.09990 BTC, the last price being 40084.15. */
async function start(changes: object = {}) {
  const exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(40)), changes));
  open.push(exchange);
  const { url } = exchange;
  await request(url, 'POST', 'order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.1' });
  const send = (method: string, path: string, parameters: Readonly<Record<string, string | number>> = {}) =>
    request(url, method, path, parameters);
  return { exchange, url, send, control: controlOf(url) };
}

const pair = {
  symbol,
  side: 'SELL',
  quantity: '0.05',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '41000',
  aboveClientOrderId: 'target',
  belowType: 'STOP_LOSS',
  belowStopPrice: '40050',
  belowClientOrderId: 'stop',
  listClientOrderId: 'pair',
};

const without = (name: keyof typeof pair) => Object.fromEntries(Object.entries(pair).filter(([key]) => key !== name));

describe('a pair by REST', () => {
  it('is answered with the list and both orders, holds what it sells once, and is found by either of its ids', async () => {
    const { send } = await start();
    const { status, body } = await send('POST', 'orderList/oco', pair);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      orderListId: 1,
      contingencyType: 'OCO',
      listStatusType: 'EXEC_STARTED',
      listOrderStatus: 'EXECUTING',
      listClientOrderId: 'pair',
      symbol,
      orders: [
        { symbol, orderId: 2, clientOrderId: 'stop' },
        { symbol, orderId: 3, clientOrderId: 'target' },
      ],
      orderReports: [
        { orderId: 2, orderListId: 1, type: 'STOP_LOSS', status: 'NEW', stopPrice: '40050.00000000', workingTime: -1 },
        { orderId: 3, orderListId: 1, type: 'LIMIT_MAKER', status: 'NEW', price: '41000.00000000' },
      ],
    });
    const account = (await send('GET', 'account', { omitZeroBalances: 'true' })).body;
    expect(account.balances.find(({ asset }: { asset: string }) => asset === 'BTC')).toEqual({
      asset: 'BTC',
      free: '0.04990000',
      locked: '0.05000000',
    });
    const { orderReports, ...list } = body;
    expect((await send('GET', 'orderList', { orderListId: 1 })).body).toEqual(list);
    expect((await send('GET', 'orderList', { origClientOrderId: 'pair' })).body).toEqual(list);
    expect((await send('GET', 'openOrderList')).body).toEqual([list]);
    expect((await send('GET', 'allOrderList')).body).toEqual([list]);
    expect((await send('GET', 'openOrders', { symbol })).body).toHaveLength(2);
    expect((await send('GET', 'orderList', { orderListId: 7 })).body.msg).toBe('Order list does not exist.');
    expect((await send('GET', 'orderList')).body.code).toBe(-1102);
    expect(orderReports).toHaveLength(2);
  });

  it.each([
    ['DELETE', 'orderList', { listClientOrderId: 'pair' }],
    ['DELETE', 'orderList', { orderListId: 1 }],
    ['DELETE', 'order', { origClientOrderId: 'stop' }],
    ['DELETE', 'order', { orderId: 3 }],
  ] as const)('is cancelled whole by %s %s %o', async (method, path, which) => {
    const { send } = await start();
    await send('POST', 'orderList/oco', pair);
    const { body } = await send(method, path, { symbol, ...which });
    expect(body).toMatchObject({ orderListId: 1, listStatusType: 'ALL_DONE', listOrderStatus: 'ALL_DONE' });
    const reports = body.orderReports as { origClientOrderId: string; status: string }[];
    expect(reports.map(({ origClientOrderId }) => origClientOrderId).sort()).toEqual(['stop', 'target']);
    expect(reports.map(({ status }) => status)).toEqual(['CANCELED', 'CANCELED']);
    expect((await send('GET', 'openOrders')).body).toEqual([]);
    expect((await send(method, path, { symbol, ...which })).body.code).toBe(-2011);
  });

  it('stands beside single orders in the answer that cancels all', async () => {
    const { send } = await start();
    await send('POST', 'orderList/oco', pair);
    await send('POST', 'order', {
      symbol,
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01',
      price: '39000',
    });
    const { body } = await send('DELETE', 'openOrders', { symbol });
    expect(body).toMatchObject([
      { orderListId: 1, orderReports: [{}, {}] },
      { orderListId: -1, status: 'CANCELED' },
    ]);
  });

  it.each([
    ['no type above', without('aboveType'), -1102],
    ['a market order in it', { ...pair, aboveType: 'MARKET' }, -1158],
    ['no trigger', without('belowStopPrice'), -1102],
    ['two limits', { ...pair, belowType: 'LIMIT_MAKER', belowPrice: '39000', belowStopPrice: '' }, -1168],
    ['the stop above', { ...pair, aboveType: 'STOP_LOSS', abovePrice: '', aboveStopPrice: '41000' }, -1197],
    ['the target below', { ...pair, belowType: 'TAKE_PROFIT' }, -1199],
    ['a purchase with its stop below', { ...pair, side: 'BUY' }, -1165],
    ['the market beyond it', { ...pair, abovePrice: '40060' }, -2010],
    ['an id that cannot be', { ...pair, listClientOrderId: 'a b' }, -1100],
    ['more than there is', { ...pair, quantity: '0.2' }, -2010],
  ] as const)('is refused with %s', async (_, parameters, code) => {
    const { send } = await start();
    expect((await send('POST', 'orderList/oco', parameters)).body.code).toBe(code);
    expect((await send('GET', 'openOrders')).body).toEqual([]);
  });

  it('survives the process, and goes on as a pair', async () => {
    const state = join(temporaryFolder(), 'state.db');
    const data = candleFileOf(wanderingBars(40));
    const first = await startPaperExchange(optionsFor(data, { state }));
    await request(first.url, 'POST', 'order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.1' });
    await request(first.url, 'POST', 'orderList/oco', pair);
    await first.close();
    const second = await startPaperExchange(optionsFor(data, { state }));
    open.push(second);
    expect((await request(second.url, 'GET', 'openOrderList')).body).toMatchObject([{ listClientOrderId: 'pair' }]);
    const cancelled = await request(second.url, 'DELETE', 'order', { symbol, origClientOrderId: 'target' });
    expect(cancelled.body.orderReports).toHaveLength(2);
    const { body } = await request(second.url, 'GET', 'account');
    expect(body.balances[0]).toEqual({ asset: 'BTC', free: '0.09990000', locked: '0.00000000' });
  });
});

describe('a pair by socket', () => {
  it('is placed, told of as a list and as orders, and loses its other half when the market triggers one', async () => {
    const { url, control } = await start();
    const { send, until, frames, socket } = await openSocket(url, '/ws-api/v3');
    const ask = async (id: string, method: string, params: Readonly<Record<string, string | number>>) => {
      send({ id, method, params: signedSocketParameters(params) });
      return until((frame) => frame.id === id);
    };
    await ask('a', 'userDataStream.subscribe.signature', {});
    expect(await ask('b', 'orderList.place.oco', pair)).toMatchObject({ status: 200, result: { orderListId: 1 } });
    expect(await ask('c', 'orderList.status', { origClientOrderId: 'pair' })).toMatchObject({
      result: { orderListId: 1 },
    });
    expect(await ask('d', 'openOrderLists.status', {})).toMatchObject({ result: [{ orderListId: 1 }] });
    const events = () => frames.flatMap(({ event }) => (event ? [event as Record<string, unknown>] : []));
    const lines = () =>
      events()
        .filter(({ e }) => e !== 'outboundAccountPosition')
        .map(({ e, c, x, l, g }) => (e === 'listStatus' ? `list ${l}` : `${c} ${x} of ${g}`));
    expect(lines()).toEqual(['stop NEW of 1', 'target NEW of 1', 'list EXEC_STARTED']);
    expect(events().find(({ e }) => e === 'listStatus')).toMatchObject({
      s: symbol,
      g: 1,
      c: 'OCO',
      L: 'EXECUTING',
      C: 'pair',
      O: [
        { s: symbol, i: 2, c: 'stop' },
        { s: symbol, i: 3, c: 'target' },
      ],
    });
    await control('POST', 'start', { speed: 'max' });
    await until(({ event }) => (event as { l?: string } | undefined)?.l === 'ALL_DONE');
    expect(lines().slice(3)).toEqual(['target EXPIRED of 1', 'stop NEW of 1', 'stop TRADE of 1', 'list ALL_DONE']);
    socket.terminate();
  });

  it('is cancelled by its list', async () => {
    const { url, send: rest } = await start();
    await rest('POST', 'orderList/oco', pair);
    const { send, until, socket } = await openSocket(url, '/ws-api/v3');
    send({ id: 1, method: 'orderList.cancel', params: signedSocketParameters({ symbol, listClientOrderId: 'pair' }) });
    expect(await until(({ id }) => id === 1)).toMatchObject({ status: 200, result: { listOrderStatus: 'ALL_DONE' } });
    socket.terminate();
  });
});

describe('cancel and replace', () => {
  const limit = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '39000' };
  const old = { ...limit, newClientOrderId: 'old' };
  const replace = (changes: object = {}) => ({
    ...limit,
    price: '39100',
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrigClientOrderId: 'old',
    newClientOrderId: 'new',
    ...changes,
  });

  it('cancels the old order and places the new one', async () => {
    const { send } = await start();
    await send('POST', 'order', old);
    const { status, body } = await send('POST', 'order/cancelReplace', replace({ cancelNewClientOrderId: 'cancel' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: { origClientOrderId: 'old', clientOrderId: 'cancel', status: 'CANCELED' },
      newOrderResponse: { clientOrderId: 'new', status: 'NEW', fills: [] },
    });
    expect((await send('GET', 'openOrders')).body).toMatchObject([{ clientOrderId: 'new', price: '39100.00000000' }]);
  });

  it('says what of it failed, in both modes', async () => {
    const { send } = await start();
    const gone = await send('POST', 'order/cancelReplace', replace());
    expect([gone.status, gone.body]).toEqual([
      400,
      {
        code: -2022,
        msg: 'Order cancel-replace failed.',
        data: {
          cancelResult: 'FAILURE',
          newOrderResult: 'NOT_ATTEMPTED',
          cancelResponse: { code: -2011, msg: 'Unknown order sent.' },
          newOrderResponse: null,
        },
      },
    ]);
    const placed = await send('POST', 'order/cancelReplace', replace({ cancelReplaceMode: 'ALLOW_FAILURE' }));
    expect([placed.status, placed.body]).toMatchObject([
      409,
      { code: -2021, data: { cancelResult: 'FAILURE', newOrderResult: 'SUCCESS' } },
    ]);
    const taking = { type: 'LIMIT_MAKER', timeInForce: '', price: '41000', newClientOrderId: 'taking' };
    const both = await send('POST', 'order/cancelReplace', replace({ ...taking, cancelReplaceMode: 'ALLOW_FAILURE' }));
    expect([both.status, both.body]).toMatchObject([
      400,
      { code: -2022, data: { cancelResult: 'FAILURE', newOrderResult: 'FAILURE', newOrderResponse: { code: -2010 } } },
    ]);
    const only = await send('POST', 'order/cancelReplace', replace({ ...taking, cancelOrigClientOrderId: 'new' }));
    expect([only.status, only.body]).toMatchObject([
      409,
      { code: -2021, data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' } },
    ]);
    expect((await send('GET', 'openOrders')).body).toEqual([]);
  });

  it('touches nothing where the new order breaks a rule or the request is wrong', async () => {
    const { send } = await start();
    await send('POST', 'order', old);
    expect((await send('POST', 'order/cancelReplace', replace({ price: '39100.001' }))).body).toMatchObject({
      code: -1013,
      msg: 'Filter failure: PRICE_FILTER',
    });
    expect((await send('POST', 'order/cancelReplace', replace({ cancelReplaceMode: 'MAYBE' }))).body.code).toBe(-1102);
    expect((await send('POST', 'order/cancelReplace', replace({ cancelOrigClientOrderId: '' }))).body.code).toBe(-1102);
    const both = replace({ cancelOrderId: 2, cancelOrigClientOrderId: 'another' });
    expect((await send('POST', 'order/cancelReplace', both)).body.code).toBe(-2022);
    expect((await send('GET', 'openOrders')).body).toMatchObject([{ clientOrderId: 'old' }]);
  });

  it('goes over the socket too', async () => {
    const { url, send: rest } = await start();
    await rest('POST', 'order', old);
    const { send, until, socket } = await openSocket(url, '/ws-api/v3');
    send({
      id: 1,
      method: 'order.cancelReplace',
      params: signedSocketParameters(replace({ cancelOrigClientOrderId: 'x' })),
    });
    expect(await until(({ id }) => id === 1)).toMatchObject({ status: 400, error: { code: -2022, data: {} } });
    send({ id: 2, method: 'order.cancelReplace', params: signedSocketParameters(replace()) });
    expect(await until(({ id }) => id === 2)).toMatchObject({ status: 200, result: { newOrderResult: 'SUCCESS' } });
    socket.terminate();
  });

  it('is what ccxt edits an order with', async () => {
    const { url } = await start();
    const client = await ccxtClient(url);
    const placed = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 39_000);
    const edited = await client.editOrder(String(placed.id), 'BTC/USDT', 'limit', 'buy', 0.02, 39_100);
    expect(edited).toMatchObject({ status: 'open', amount: 0.02, price: 39_100 });
    expect(await client.fetchOpenOrders('BTC/USDT')).toHaveLength(1);
    await client.close();
  });
});
