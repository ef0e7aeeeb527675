import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  MINUTE,
  openSocket,
  optionsFor,
  request,
  START,
  signedSocketParameters,
  wanderingBars,
} from './paper-client.ts';

const SYMBOL = 'BTCUSDT';
const market = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const limit = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '39000' };

let exchange: PaperExchange;
const send = (
  method: string,
  path: string,
  parameters?: Readonly<Record<string, string | number>>,
  sign?: Parameters<typeof request>[4],
) => request(exchange.url, method, path, parameters, sign);

beforeAll(async () => {
  exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(40))));
});
afterAll(() => exchange.close());

describe('a request that is wrong', () => {
  it.each([
    ['without a key', 401, -2014, { apiKey: '' }],
    ['with a key nobody has', 401, -2015, { apiKey: 'nobody' }],
    ['signed with another secret', 400, -1022, { secret: 'another' }],
    ['signed too long ago', 400, -1021, { timestamp: Date.now() - 60_000 }],
    ['signed ahead of time', 400, -1021, { timestamp: Date.now() + 60_000 }],
  ] as const)('%s is answered %d with code %d', async (_, status, code, sign) => {
    const answer = await send('GET', 'account', {}, sign);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is measured by its own receive window, on wall time', async () => {
    const timestamp = Date.now() - 7_000;
    expect((await send('GET', 'account', {}, { timestamp })).body.code).toBe(-1021);
    expect((await send('GET', 'account', { recvWindow: 20_000 }, { timestamp })).status).toBe(200);
    expect((await send('GET', 'account', { recvWindow: 60_001 })).body.code).toBe(-1131);
    const unsigned = await request(exchange.url, 'GET', 'account', { timestamp: 'now', signature: '00' }, false);
    expect(unsigned.body.code).toBe(-2014);
  });

  it.each([
    ['another symbol', { ...market, symbol: 'ETHUSDT' }, -1121],
    ['no symbol', { side: 'BUY' }, -1102],
    ['no side', { symbol: SYMBOL, type: 'MARKET', quantity: '1' }, -1102],
    ['a side there is not', { ...market, side: 'HOLD' }, -1117],
    ['a type there is not', { ...market, type: 'ICEBERG' }, -1116],
    ['a time in force there is not', { ...limit, timeInForce: 'GTX' }, -1115],
    ['a time in force that has no meaning', { ...market, timeInForce: 'GTC' }, -1106],
    ['no time in force', { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '1', price: '1' }, -1102],
    ['a price where there is none', { ...market, price: '1' }, -1106],
    ['no quantity', { symbol: SYMBOL, side: 'BUY', type: 'MARKET' }, -1102],
    ['a quantity that is no number', { ...market, quantity: '-1' }, -1100],
    ['a quantity too fine for any asset', { ...market, quantity: '0.000000001' }, -1111],
    ['quantity and quote', { ...market, quoteOrderQty: '100' }, -1106],
    ['a client id with a space', { ...market, newClientOrderId: 'a b' }, -1100],
    ['an answer there is not', { ...market, newOrderRespType: 'LONG' }, -1102],
    ['a price off the tick', { ...limit, price: '39000.001' }, -1013],
    ['a price too far away', { ...limit, price: '100' }, -1013],
    ['a quantity off the step', { ...market, quantity: '0.010001' }, -1013],
    ['too little money', { ...market, quantity: '0.0001' }, -1013],
    ['more money than there is', { ...market, quantity: '1' }, -2010],
    [
      'a maker that would take',
      { symbol: SYMBOL, side: 'BUY', type: 'LIMIT_MAKER', quantity: '0.01', price: '45000' },
      -2010,
    ],
    [
      'a trigger that is reached',
      { symbol: SYMBOL, side: 'BUY', type: 'STOP_LOSS', quantity: '0.01', stopPrice: '30000' },
      -2010,
    ],
  ])('order with %s is refused, in test too', async (_, parameters, code) => {
    for (const path of ['order', 'order/test']) {
      const answer = await send('POST', path, parameters);
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    }
  });

  it.each([
    ['GET', 'order', { symbol: SYMBOL, orderId: 77 }, -2013],
    ['GET', 'order', { symbol: SYMBOL }, -1102],
    ['DELETE', 'order', { symbol: SYMBOL, origClientOrderId: 'unheard-of' }, -2011],
    ['DELETE', 'openOrders', { symbol: SYMBOL }, -2011],
    ['GET', 'myTrades', { symbol: SYMBOL, fromId: 1, startTime: 1 }, -1128],
    ['GET', 'allOrders', { symbol: SYMBOL, startTime: 1, endTime: 90_000_000 }, -1127],
    ['GET', 'allOrders', { symbol: SYMBOL, limit: 0 }, -1130],
    ['GET', 'allOrders', { symbol: SYMBOL, limit: 'all' }, -1100],
  ] as const)('%s %s %j is answered with code %d', async (method, path, parameters, code) => {
    const answer = await send(method, path, parameters);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  it('for candles names what is wrong, and for anything else there is a 404', async () => {
    const klines = (parameters: Readonly<Record<string, string>>) =>
      request(exchange.url, 'GET', 'klines', parameters, false);
    expect((await klines({ symbol: SYMBOL, interval: '7m' })).body.code).toBe(-1120);
    expect((await klines({ symbol: 'XXX', interval: '1m' })).body.code).toBe(-1121);
    expect((await request(exchange.url, 'GET', 'nothing', {}, false)).status).toBe(404);
  });
});

describe('orders', () => {
  it('answer in the detail asked for', async () => {
    expect(Object.keys((await send('POST', 'order', { ...market, newOrderRespType: 'ACK' })).body)).toEqual([
      'symbol',
      'orderId',
      'orderListId',
      'clientOrderId',
      'transactTime',
    ]);
    const result = (await send('POST', 'order', { ...market, newOrderRespType: 'RESULT' })).body;
    expect([result.status, result.fills]).toEqual(['FILLED', undefined]);
    const full = (await send('POST', 'order', { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quoteOrderQty: '500' }))
      .body;
    expect(full).toMatchObject({
      status: 'FILLED',
      transactTime: START + 10 * MINUTE,
      origQuoteOrderQty: '500.00000000',
    });
    expect(full.fills[0]).toMatchObject({ commissionAsset: 'BTC' });
  });

  it('share a client id only when the earlier is not open any more', async () => {
    const twice = { ...limit, newClientOrderId: 'same' };
    expect((await send('POST', 'order', twice)).status).toBe(200);
    expect((await send('POST', 'order', twice)).body).toEqual({ code: -2010, msg: 'Duplicate order sent.' });
    expect((await send('DELETE', 'order', { symbol: SYMBOL, origClientOrderId: 'same' })).body).toMatchObject({
      status: 'CANCELED',
      origClientOrderId: 'same',
    });
    expect((await send('POST', 'order', { ...market, newClientOrderId: 'same' })).body.status).toBe('FILLED');
    expect((await send('POST', 'order', { ...market, newClientOrderId: 'same' })).body.status).toBe('FILLED');
  });

  it('are all cancelled at once', async () => {
    await send('POST', 'order', { ...limit, newClientOrderId: 'one' });
    await send('POST', 'order', { ...limit, newClientOrderId: 'two' });
    expect((await send('GET', 'openOrders')).body).toHaveLength(2);
    const cancelled = (await send('DELETE', 'openOrders', { symbol: SYMBOL })).body;
    expect(cancelled.map(({ origClientOrderId }: { origClientOrderId: string }) => origClientOrderId)).toEqual([
      'one',
      'two',
    ]);
    expect((await send('GET', 'openOrders')).body).toEqual([]);
  });
});

describe('request weight', () => {
  it('is counted in the headers, then answered 429 with a wait, then 418 when that is ignored', async () => {
    const strict = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(12)), { weightLimit: 5 }));
    const ping = () => request(strict.url, 'GET', 'ping', {}, false);
    const answers = [];
    for (let i = 0; i < 18; i++) answers.push(await ping());
    const statuses = answers.map(({ status }) => status);
    // The minute may turn on the way, which starts the count again.
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses).toContain(429);
    const limited = answers.find(({ status }) => status === 429);
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[0]?.headers.get('x-mbx-used-weight-1m')).toBe('1');
    expect(limited?.body.code).toBe(-1003);
    if (statuses.lastIndexOf(200) < 5) expect(statuses.at(-1)).toBe(418);
    await strict.close();
  });
});

describe('the account socket', () => {
  it('answers by id, wants signatures, and tells account events under a subscription id', async () => {
    const { send: say, until, socket } = await openSocket(exchange.url, '/ws-api/v3');
    say({ id: 'a', method: 'ping' });
    expect(await until(({ id }) => id === 'a')).toMatchObject({ status: 200, result: {} });
    say({ id: 'b', method: 'session.logon', params: signedSocketParameters({}) });
    expect(await until(({ id }) => id === 'b')).toMatchObject({ status: 400, error: { code: -4056 } });
    say({ id: 'c', method: 'no.such' });
    expect(await until(({ id }) => id === 'c')).toMatchObject({
      status: 400,
      error: { msg: "Unknown method 'no.such'." },
    });
    say({ id: 'd', method: 'account.status', params: { ...signedSocketParameters({}), signature: '00' } });
    expect(await until(({ id }) => id === 'd')).toMatchObject({ error: { code: -1022 } });
    socket.send('{');
    expect(await until(({ id }) => id === null)).toMatchObject({ status: 400, error: { code: -1135 } });
    say({ id: 'e', method: 'userDataStream.subscribe.signature', params: signedSocketParameters({}) });
    expect(await until(({ id }) => id === 'e')).toMatchObject({ result: { subscriptionId: 0 } });
    say({
      id: 'f',
      method: 'order.place',
      params: signedSocketParameters({ ...market, newClientOrderId: 'by-socket', returnRateLimits: 'false' }),
    });
    expect(await until(({ id }) => id === 'f')).toMatchObject({ result: { status: 'FILLED' } });
    const event = await until(({ event }) => (event as { e?: string } | undefined)?.e === 'outboundAccountPosition');
    expect(event.subscriptionId).toBe(0);
    say({ id: 'g', method: 'userDataStream.unsubscribe', params: {} });
    await until(({ id }) => id === 'g');
    say({
      id: 'h',
      method: 'order.status',
      params: signedSocketParameters({ symbol: SYMBOL, origClientOrderId: 'by-socket' }),
    });
    expect(await until(({ id }) => id === 'h')).toMatchObject({
      result: { clientOrderId: 'by-socket' },
      rateLimits: [{ interval: 'MINUTE' }],
    });
    socket.terminate();
  });
});

describe('the market sockets', () => {
  it('subscribe, list and unsubscribe, refuse what is no stream, and wrap frames where they are combined', async () => {
    const { send: say, until, socket } = await openSocket(exchange.url, '/ws');
    say({ id: 1, method: 'SUBSCRIBE', params: ['btcusdt@trade', 'btcusdt@kline_1m'] });
    expect(await until(({ id }) => id === 1)).toEqual({ result: null, id: 1 });
    say({ id: 2, method: 'UNSUBSCRIBE', params: ['btcusdt@trade'] });
    say({ id: 3, method: 'LIST_SUBSCRIPTIONS' });
    expect(await until(({ id }) => id === 3)).toEqual({ result: ['btcusdt@kline_1m'], id: 3 });
    for (const [id, message] of [
      [4, { method: 'SUBSCRIBE', params: ['nonsense'] }],
      [5, { method: 'DANCE' }],
      [6, { method: 'SUBSCRIBE' }],
    ] as const) {
      say({ id, ...message });
      expect(await until((frame) => frame.id === id)).toMatchObject({ error: { code: 2 } });
    }
    socket.send('{');
    expect(await until(({ error }) => (error as { code: number } | undefined)?.code === 3)).toBeDefined();
    const combined = await openSocket(exchange.url, '/stream?streams=btcusdt@trade/btcusdt@kline_5m');
    await fetch(`${exchange.url}/control/start`, { method: 'POST', body: '{"speed":"max"}' });
    const trade = await combined.until(({ stream }) => stream === 'btcusdt@trade');
    expect(trade.data).toMatchObject({ e: 'trade', s: SYMBOL, T: START + 10 * MINUTE });
    const isEndOfFive = (frame: Record<string, unknown>) => {
      const { k } = (frame.data ?? {}) as { k?: { i: string; x: boolean } };
      return k?.i === '5m' && k.x;
    };
    const five = await combined.until(isEndOfFive);
    const bars = wanderingBars(15).slice(10);
    const { k } = five.data as { k: Record<string, unknown> };
    expect(k).toMatchObject({ t: START + 10 * MINUTE, T: START + 15 * MINUTE - 1 });
    expect([Number(k.o), Number(k.h), Number(k.l), Number(k.c), Number(k.v)]).toEqual([
      bars[0]?.open,
      Math.max(...bars.map(({ high }) => high)),
      Math.min(...bars.map(({ low }) => low)),
      bars.at(-1)?.close,
      275,
    ]);
    socket.terminate();
    combined.socket.terminate();
    await expect(openSocket(exchange.url, '/elsewhere')).rejects.toThrow('404');
  });
});
