import { afterEach, describe, expect, it } from 'vitest';
import type { PaperExchangeOptions } from '../../../apps/paper-exchange/options.ts';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  ccxtClient,
  controlOf,
  eventually,
  MINUTE,
  openSocket,
  optionsFor,
  request,
  START,
  signedSocketParameters,
  wanderingBars,
} from './paper-client.ts';

const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const open: PaperExchange[] = [];

async function start(changes: Partial<PaperExchangeOptions> = {}, bars = 40) {
  const exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(bars)), changes));
  open.push(exchange);
  const control = controlOf(exchange.url);
  const ack = (barClose: number) =>
    control('POST', 'ack', { trader: 'test', barClose, candles: 1, trades: 4, bookTops: 4 });
  return { exchange, control, ack, url: exchange.url };
}

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

describe('lockstep', () => {
  it('plays a bar at once and answers when the trader has acknowledged it', async () => {
    const { control, ack, url } = await start();
    const { frames, until } = await openSocket(
      url,
      '/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@kline_1m',
    );
    let answered = false;
    const step = control('POST', 'step', { bars: 1 }).then((answer) => {
      answered = true;
      return answer;
    });
    await until(({ data }) => (data as { k?: { x: boolean } }).k?.x === true);
    expect(answered).toBe(false);
    await ack(START + 11 * MINUTE);
    expect((await step).body).toEqual({ barClose: START + 11 * MINUTE, index: 10, remaining: 29 });
    const kinds = frames.map(
      ({ stream, data }) => `${String(stream).split('@')[1]}${(data as { k?: { x: boolean } }).k?.x ? ' closed' : ''}`,
    );
    const point = ['trade', 'bookTicker', 'kline_1m'];
    expect(kinds).toEqual([...point, ...point, ...point, ...point, 'kline_1m closed']);
    const bar = wanderingBars(11).at(-1);
    const trades = frames
      .filter(({ stream }) => stream === 'btcusdt@trade')
      .map(({ data }) => Number((data as { p: string }).p));
    expect(trades).toEqual([bar?.open, bar?.low, bar?.high, bar?.close]);
    const status = (await control('GET', 'status')).body;
    expect(status.sent).toEqual({ candles: 1, trades: 4, bookTops: 4 });
    expect(status.acknowledged).toMatchObject({ trader: 'test', barClose: START + 11 * MINUTE });
    expect(status.mode).toBe('lockstep');
  });

  it('answers 504 when nobody acknowledges in time, can wait again, and can go on without', async () => {
    const { control, ack } = await start({ ackTimeout: 50 });
    const late = await control('POST', 'step', { bars: 1 });
    expect(late.status).toBe(504);
    expect(late.body.error).toContain('must be acknowledged within 50 ms, none was acknowledged yet');
    await ack(START + 11 * MINUTE);
    expect((await control('POST', 'step', { bars: 0 })).status).toBe(200);
    expect((await control('POST', 'step', { bars: 1 })).body.error).toContain(
      `the last acknowledged was ${START + 11 * MINUTE}`,
    );
    expect((await control('GET', 'status')).body.index).toBe(11);
  });

  it('takes one step at a time, none while the market runs, and none after the end', async () => {
    const { control, ack } = await start({ lockstep: true }, 12);
    expect((await control('POST', 'start')).status).toBe(409);
    const first = control('POST', 'step', { bars: 2 });
    await eventually(async () => (await control('GET', 'status')).body.index === 10);
    expect((await control('POST', 'step')).body.error).toContain('one was still waiting');
    await ack(START + 12 * MINUTE);
    expect((await first).body).toMatchObject({ remaining: 0, index: 11 });
    expect((await control('GET', 'status')).body.mode).toBe('finished');
    expect((await control('POST', 'step')).status).toBe(409);
    const running = await start();
    await running.control('POST', 'start');
    expect((await running.control('POST', 'step')).status).toBe(409);
  });
});

describe('continuous play', () => {
  it('starts paused, keeps its pace, does not make up for a pause, and finishes', async () => {
    const { control } = await start({ speed: 600 });
    const status = async () => (await control('GET', 'status')).body;
    expect(await status()).toMatchObject({
      mode: 'paused',
      marketTime: START + 10 * MINUTE,
      index: 9,
      remaining: 30,
      firstLive: 10,
      barsTotal: 40,
    });
    expect((await control('POST', 'speed', { speed: 100 })).status).toBe(409);
    await control('POST', 'start');
    const begun = Date.now();
    await eventually(async () => (await status()).index >= 14);
    expect(Date.now() - begun).toBeGreaterThan(350);
    await control('POST', 'pause');
    const { marketTime } = await status();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await status()).marketTime).toBe(marketTime);
    await control('POST', 'start', { speed: 600 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await status()).marketTime - marketTime).toBeLessThanOrEqual(2 * MINUTE);
    expect((await control('POST', 'speed', { speed: 'max' })).body.speed).toBe('max');
    await eventually(async () => (await status()).mode === 'finished');
    expect((await status()).index).toBe(39);
    expect((await control('POST', 'start')).status).toBe(409);
  });
});

describe('the side door', () => {
  it('shows the books: balances, every order, every trade', async () => {
    const { control, url } = await start();
    await request(url, 'POST', 'order', { ...order, newClientOrderId: 'booked' });
    const books = (await control('GET', 'books')).body;
    expect(books.initialBalances).toEqual({ BTC: '0', USDT: '10000' });
    expect(books.orders).toMatchObject([{ clientOrderId: 'booked', status: 'filled', filled: '0.01' }]);
    expect(books.trades).toMatchObject([
      { clientOrderId: 'booked', quantity: '0.01', fee: '0.00001', feeAsset: 'BTC' },
    ]);
    expect(books.balances.BTC).toEqual({ free: '0.00999', locked: '0' });
    expect(Number(books.balances.USDT.free) + Number(books.trades[0].cost)).toBeCloseTo(10_000, 7);
  });

  it('says what is wrong with a request, and stays shut for pages in a browser', async () => {
    const { control, url } = await start();
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await control('POST', 'step', { bars: -1 })).body.error).toContain('bars');
    expect((await control('POST', 'faults', { kind: 'earthquake' })).status).toBe(400);
    expect((await fetch(`${url}/control/status`, { headers: { origin: 'http://localhost:4100' } })).status).toBe(403);
    expect((await fetch(`${url}/control/ack`, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(`${url}/control/ack`, { method: 'POST', body: 'x'.repeat(1_000_001) })).status).toBe(400);
  });
});

describe('a scripted fault', () => {
  it('answers so many requests of a path with a status, not executing them', async () => {
    const { control, url } = await start();
    await control('POST', 'faults', {
      kind: 'status',
      status: 429,
      path: '/api/v3/order',
      method: 'POST',
      times: 2,
      retryAfter: 7,
    });
    expect((await request(url, 'GET', 'openOrders')).status).toBe(200);
    const limited = await request(url, 'POST', 'order', order);
    expect([limited.status, limited.headers.get('retry-after'), limited.body.code]).toEqual([429, '7', -1003]);
    expect((await request(url, 'POST', 'order', order)).status).toBe(429);
    expect((await request(url, 'POST', 'order', order)).status).toBe(200);
    await control('POST', 'faults', { kind: 'status', status: 503, times: 9 });
    expect((await request(url, 'GET', 'ping', {}, false)).status).toBe(503);
    await control('POST', 'faults', { kind: 'clear' });
    expect((await request(url, 'GET', 'ping', {}, false)).status).toBe(200);
    expect((await control('GET', 'books')).body.orders).toHaveLength(1);
  });

  it('loses a reply: the order is executed, its sender never told', async () => {
    const { control, url } = await start();
    const client = await ccxtClient(url);
    client.timeout = 200;
    await control('POST', 'faults', { kind: 'no-answer', path: '/api/v3/order', method: 'POST' });
    await expect(
      client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, { newClientOrderId: 'lost' }),
    ).rejects.toThrow(/timed out/);
    expect(await client.fetchOrder('', 'BTC/USDT', { origClientOrderId: 'lost' })).toMatchObject({ status: 'closed' });
    await control('POST', 'faults', { kind: 'no-answer', path: '/api/v3/order', method: 'POST', hangUp: true });
    await expect(request(url, 'POST', 'order', order)).rejects.toThrow();
    expect((await control('GET', 'books')).body.orders).toHaveLength(2);
    await client.close();
  });

  it('is silent: nothing is executed, nothing answered', async () => {
    const { control, url } = await start();
    await control('POST', 'faults', { kind: 'silence', path: '/api/v3/order', hangUp: true });
    await expect(request(url, 'POST', 'order', order)).rejects.toThrow();
    await control('POST', 'faults', { kind: 'silence', path: '/api/v3/order' });
    const signal = AbortSignal.timeout(100);
    await expect(fetch(`${url}/api/v3/order`, { method: 'POST', signal })).rejects.toThrow();
    expect((await control('GET', 'books')).body.orders).toEqual([]);
  });

  it('meets orders over the socket too', async () => {
    const { control, url } = await start();
    const { send, until, frames, socket } = await openSocket(url, '/ws-api/v3');
    await control('POST', 'faults', { kind: 'status', status: 418, path: 'ws:order.place', retryAfter: 60 });
    send({ id: 1, method: 'order.place', params: signedSocketParameters(order) });
    expect(await until(({ id }) => id === 1)).toMatchObject({ status: 418, error: { code: -1003 } });
    await control('POST', 'faults', { kind: 'no-answer', path: 'ws:order.place' });
    send({ id: 2, method: 'order.place', params: signedSocketParameters(order) });
    send({ id: 3, method: 'ping' });
    await until(({ id }) => id === 3);
    expect(frames.some(({ id }) => id === 2)).toBe(false);
    expect((await control('GET', 'books')).body.orders).toHaveLength(1);
    await control('POST', 'faults', { kind: 'silence', path: 'ws:order.place', hangUp: true });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    send({ id: 4, method: 'order.place', params: signedSocketParameters(order) });
    await closed;
    expect((await control('GET', 'books')).body.orders).toHaveLength(1);
  });

  it('drops the sockets it names and no others', async () => {
    const { control, url } = await start();
    const market = await openSocket(url, '/ws/btcusdt@trade');
    const account = await openSocket(url, '/ws-api/v3');
    const closed = (socket: typeof market.socket) => new Promise((resolve) => socket.once('close', resolve));
    const marketClosed = closed(market.socket);
    await control('POST', 'faults', { kind: 'drop-sockets', which: 'market' });
    await marketClosed;
    expect(account.socket.readyState).toBe(account.socket.OPEN);
    const accountClosed = closed(account.socket);
    await control('POST', 'faults', { kind: 'drop-sockets', which: 'all' });
    await accountClosed;
  });

  it("puts the exchange's clock ahead, for its time and for signatures", async () => {
    const { control, url } = await start();
    await control('POST', 'faults', { kind: 'clock-skew', ms: 30_000 });
    expect((await request(url, 'GET', 'account')).body.code).toBe(-1021);
    const { serverTime } = (await request(url, 'GET', 'time', {}, false)).body;
    expect(serverTime - Date.now()).toBeGreaterThan(29_000);
    expect((await request(url, 'GET', 'account', {}, { timestamp: serverTime })).status).toBe(200);
  });
});
