import { afterEach, describe, expect, it } from 'vitest';
import type { PaperExchangeOptions } from '../../../apps/paper-exchange/options.ts';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
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

const symbol = 'BTCUSDT';
const order = { symbol, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const open: PaperExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

async function start(changes: Partial<PaperExchangeOptions> = {}) {
  const exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(40)), changes));
  open.push(exchange);
  const control = controlOf(exchange.url);
  const fault = (body: object) => control('POST', 'faults', body);
  const orders = async () => (await control('GET', 'books')).body.orders as { clientOrderId: string }[];
  const place = (id: string) => request(exchange.url, 'POST', 'order', { ...order, newClientOrderId: id });
  return { exchange, url: exchange.url, control, fault, orders, place };
}

async function account(url: string) {
  const socket = await openSocket(url, '/ws-api/v3');
  socket.send({ id: 'sub', method: 'userDataStream.subscribe.signature', params: signedSocketParameters({}) });
  await socket.until(({ id }) => id === 'sub');
  const lines = () =>
    socket.frames.flatMap(({ event }) => {
      const { e, x } = (event ?? {}) as { e?: string; x?: string };
      return e === undefined ? [] : [x ?? (e === 'outboundAccountPosition' ? 'POSITION' : e)];
    });
  return { ...socket, lines };
}

type Kline = { x: boolean; c: string; h: string; v: string; t: number };
async function klines(url: string) {
  const { frames, until } = await openSocket(url, '/stream?streams=btcusdt@kline_1m');
  const closing = () =>
    frames.flatMap(({ data }) => {
      const { k } = (data ?? {}) as { k?: Kline };
      return k?.x ? [k] : [];
    });
  return { closing, until };
}

describe('a request that meets a fault', () => {
  it('late: is not answered, and executed all the same when its sender has long given up', async () => {
    const { fault, orders, url } = await start();
    await fault({ kind: 'late', path: '/api/v3/order', method: 'POST', ms: 1_500, hangUp: true });
    await expect(request(url, 'POST', 'order', { ...order, newClientOrderId: 'late' })).rejects.toThrow();
    const unknown = await request(url, 'GET', 'order', { symbol, origClientOrderId: 'late' });
    expect(unknown.body.code).toBe(-2013);
    await eventually(async () => (await orders()).some(({ clientOrderId }) => clientOrderId === 'late'), 10_000);
  });

  it('late, but wrong: is refused before, and never executed', async () => {
    const { fault, orders, url } = await start();
    await fault({ kind: 'late', path: '/api/v3/order', ms: 1 });
    const refused = await request(url, 'POST', 'order', order, { secret: 'another' });
    expect(refused.body.code).toBe(-1022);
    await fault({ kind: 'late', path: '/api/v3/order', ms: 1, hangUp: true });
    await expect(request(url, 'POST', 'order', { ...order, quantity: '9' })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await orders()).toEqual([]);
  });

  it('delayed: is executed at once and answered later, over both transports', async () => {
    const { fault, orders, url, place } = await start();
    await fault({ kind: 'delay', path: '/api/v3/order', ms: 400 });
    const began = performance.now();
    const answer = place('slow');
    await eventually(async () => (await orders()).length === 1, 10_000);
    expect((await answer).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(390);
    const { send, until, frames } = await openSocket(url, '/ws-api/v3');
    await fault({ kind: 'delay', path: 'ws:ping', ms: 200 });
    send({ id: 'slow', method: 'ping' });
    send({ id: 'fast', method: 'ping' });
    await until(({ id }) => id === 'slow', 10_000);
    expect(frames.map(({ id }) => id)).toEqual(['fast', 'slow']);
  });

  it('partial: leaves out the newest rows, so many times', async () => {
    const { fault, url, place } = await start();
    for (const id of ['a', 'b', 'c']) await place(id);
    await fault({ kind: 'partial-page', path: '/api/v3/allOrders', leaveOut: 2 });
    const ids = async (path: string) =>
      (await request(url, 'GET', path, { symbol })).body.map((row: { orderId: number }) => row.orderId);
    expect(await ids('allOrders')).toEqual([1]);
    expect(await ids('allOrders')).toEqual([1, 2, 3]);
    await fault({ kind: 'partial-page', path: '/api/v3/myTrades' });
    expect(await ids('myTrades')).toEqual([1, 2]);
  });

  it('used before: is taken again as on Binance, unless the exchange is told to refuse it', async () => {
    const { fault, place } = await start();
    await place('again');
    expect((await place('again')).body.orderId).toBe(2);
    await fault({ kind: 'reuse-id', allowed: false });
    expect((await place('again')).body).toEqual({ code: -2010, msg: 'Duplicate order sent.' });
    expect((await place('fresh')).status).toBe(200);
    await fault({ kind: 'reuse-id', allowed: true });
    expect((await place('again')).status).toBe(200);
  });

  it('limited: says when to come back, also when banned', async () => {
    const { fault, url } = await start();
    await fault({ kind: 'status', status: 418, retryAfter: 30, path: '/api/v3/account' });
    const banned = await request(url, 'GET', 'account');
    expect([banned.status, banned.headers.get('retry-after')]).toEqual([418, '30']);
  });
});

describe("the account's stream with a fault", () => {
  it('doubles events', async () => {
    const { url, fault, place } = await start();
    const { lines, until } = await account(url);
    await fault({ kind: 'duplicate-events', event: 'executionReport', times: 2 });
    await place('a');
    await until(({ event }) => (event as { e?: string } | undefined)?.e === 'outboundAccountPosition');
    expect(lines()).toEqual(['NEW', 'NEW', 'TRADE', 'TRADE', 'POSITION']);
  });

  it('turns the order of what happened together round', async () => {
    const { url, fault, place } = await start();
    const { lines } = await account(url);
    await fault({ kind: 'reorder-events' });
    await place('a');
    await place('b');
    await eventually(() => lines().length === 6, 10_000);
    expect(lines()).toEqual(['POSITION', 'TRADE', 'NEW', 'NEW', 'TRADE', 'POSITION']);
  });

  it('loses events', async () => {
    const { url, fault, place } = await start();
    const { lines } = await account(url);
    await fault({ kind: 'drop-events', event: 'executionReport', times: 2 });
    await place('a');
    await place('b');
    await eventually(() => lines().length === 4, 10_000);
    expect(lines()).toEqual(['POSITION', 'NEW', 'TRADE', 'POSITION']);
  });
});

describe('the closing kline with a fault', () => {
  const play = (control: ReturnType<typeof controlOf>) => control('POST', 'step', { bars: 1 });

  it('comes twice', async () => {
    const { url, fault, control } = await start({ ackTimeout: 20 });
    const { closing } = await klines(url);
    await fault({ kind: 'duplicate-candle', symbol, interval: '1m' });
    await play(control);
    await play(control);
    await eventually(() => closing().length === 3, 10_000);
    expect(closing().map(({ t }) => (t - START) / MINUTE)).toEqual([10, 10, 11]);
    expect((await control('GET', 'status')).body.sent.candles).toBe(3);
  });

  it('comes wrong first and then as it is', async () => {
    const { url, fault, control } = await start({ ackTimeout: 20 });
    const { closing } = await klines(url);
    await fault({ kind: 'revise-candle', by: 0.5 });
    await play(control);
    await eventually(() => closing().length === 2, 10_000);
    const bar = wanderingBars(11).at(-1);
    expect(closing().map(({ c }) => Number(c))).toEqual([Number(((bar?.close ?? 0) * 1.5).toFixed(8)), bar?.close]);
  });

  it('comes late, and the step waits for it', async () => {
    const { url, fault, control } = await start({ ackTimeout: 10_000 });
    const { closing } = await klines(url);
    await fault({ kind: 'late-candle', ms: 1_500 });
    const step = play(control);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(closing()).toEqual([]);
    await eventually(() => closing().length === 1, 10_000);
    await control('POST', 'ack', { trader: 't', barClose: START + 11 * MINUTE, candles: 1, trades: 0, bookTops: 0 });
    expect((await step).status).toBe(200);
  });

  it('never comes, while a query has it', async () => {
    const { url, fault, control } = await start({ ackTimeout: 20 });
    const { closing } = await klines(url);
    await fault({ kind: 'drop-candle' });
    await play(control);
    await play(control);
    await eventually(() => closing().length === 1, 10_000);
    expect(closing()[0]?.t).toBe(START + 11 * MINUTE);
    const rows = (
      await request(url, 'GET', 'klines', { symbol, interval: '1m', startTime: START + 10 * MINUTE, limit: 1 }, false)
    ).body;
    expect(Number(rows[0][4])).toBe(wanderingBars(11).at(-1)?.close);
  });

  it('has no volume, on the stream and in queries alike', async () => {
    const { url, fault, control } = await start({ ackTimeout: 20 });
    const { closing } = await klines(url);
    await fault({ kind: 'zero-volume-candle', symbol });
    await play(control);
    await play(control);
    await eventually(() => closing().length === 2, 10_000);
    const before = wanderingBars(10).at(-1)?.close;
    const seen = closing().map(({ c, h, v }) => [Number(c), Number(h), Number(v)]);
    expect(seen[0]).toEqual([before, before, 0]);
    expect(seen[1]?.[2]).toBe(55);
    const rows = (
      await request(url, 'GET', 'klines', { symbol, interval: '1m', startTime: START + 10 * MINUTE, limit: 1 }, false)
    ).body;
    expect(rows[0].slice(1, 6).map(Number)).toEqual([before, before, before, before, 0]);
  });
});

describe('a script of faults', () => {
  it('puts each into force at its moment, and says which were met', async () => {
    const { url, fault, control, place } = await start({ ackTimeout: 20 });
    const market = await openSocket(url, '/ws/btcusdt@trade');
    const dropped = new Promise((resolve) => market.socket.once('close', resolve));
    const given = await fault({
      script: [
        { kind: 'status', status: 503, path: '/api/v3/order' },
        { kind: 'clock-skew', ms: 5_000, afterMs: 150 },
        { kind: 'status', status: 429, path: '/api/v3/order', atBar: 11, times: 2 },
        { kind: 'drop-sockets', which: 'market', atBar: 12 },
      ],
    });
    expect(given.body.faults).toMatchObject([{ status: 503 }]);
    expect((await place('a')).status).toBe(503);
    expect((await place('a')).status).toBe(200);
    await control('POST', 'step', { bars: 1 });
    expect((await control('GET', 'faults')).body.waiting).toMatchObject(
      expect.arrayContaining([{ kind: 'status', atBar: 11, path: '/api/v3/order', status: 429, times: 2 }]),
    );
    await control('POST', 'step', { bars: 1 });
    expect((await place('b')).status).toBe(429);
    await control('POST', 'step', { bars: 1 });
    await dropped;
    await eventually(
      async () => (await request(url, 'GET', 'time', {}, false)).body.serverTime - Date.now() > 4_000,
      10_000,
    );
    const report = (await control('GET', 'faults')).body;
    expect(report.waiting).toEqual([]);
    expect(report.active).toMatchObject([{ fault: { status: 429 }, met: 1 }]);
    const met = report.met.map(
      ({ fault: each, met: times }: { fault: { kind: string }; met: number }) => `${each.kind} ${times}`,
    );
    expect(met.sort()).toEqual(['clock-skew 1', 'drop-sockets 1', 'status 1', 'status 1']);
    expect(
      report.met.every(({ firstAt, lastAt }: { firstAt: number; lastAt: number }) => firstAt > 0 && lastAt >= firstAt),
    ).toBe(true);
  });

  it('is over when it is cleared', async () => {
    const { fault, control, place } = await start();
    await fault({
      script: [
        { kind: 'status', status: 500, atBar: 10 },
        { kind: 'status', status: 500, afterMs: 60 },
      ],
    });
    await fault({ kind: 'clear' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await place('a')).status).toBe(200);
    expect((await control('GET', 'faults')).body).toMatchObject({ waiting: [], active: [] });
  });

  it.each([
    [{ kind: 'status', status: 200 }, 'status must be at least 400, was 200'],
    [{ kind: 'late', path: '/x' }, 'ms must be a number, was missing'],
    [{ kind: 'drop-sockets', which: 'some' }, 'which must be one of "market", "account", "all", was "some"'],
    [{ kind: 'drop-candle', color: 'red' }, 'the body must have no "color"'],
    [
      {
        script: [
          { kind: 'delay', ms: 10 },
          { kind: 'delay', ms: 0 },
        ],
      },
      'script.1.ms must be above 0, was 0',
    ],
    [{ kind: 'earthquake' }, 'was'],
  ])('says of %j what must be and what was', async (body, message) => {
    const { fault } = await start();
    const answer = await fault(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
  });
});
