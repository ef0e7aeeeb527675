import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { approve, connect } from './connect.ts';
import { ack, exchangeInfo, type SocketAnswer, startScriptedServer } from './scripted-server.ts';

/** Connecting is part of it: on a busy machine that alone takes some hundred milliseconds. */
const TIMEOUT_MS = 2_000;

const error = (status: number, code: number, msg = 'said the exchange'): SocketAnswer => ({
  status,
  error: { code, msg },
});

async function submitAnswered(answer: SocketAnswer, via: 'websocket' | 'rest') {
  await using server = await startScriptedServer();
  server.socket = () => answer;
  server.http = (method) => {
    if (method !== 'POST') return undefined;
    if (typeof answer === 'string') return answer;
    return { status: answer.status, body: answer.status === 200 ? answer.result : answer.error };
  };
  const exchange = connect(server, { submit: { timeoutMs: TIMEOUT_MS, via } });
  const outcome = await exchange.submit(approve('a'));
  const sent = server.requests.filter((request) => request === 'ws order.place' || request === 'POST /api/v3/order');
  await exchange.close();
  return { outcome, sent };
}

const unknown: readonly [string, SocketAnswer][] = [
  ['nothing', 'silence'],
  ['a closed connection', 'hang-up'],
  ['500', error(500, -1000)],
  ['503 without a code', { status: 503, error: {} }],
  ['-1006, execution status unknown', error(400, -1006)],
  ['-1007, execution status unknown', error(400, -1007)],
  ['-1000, an unknown error', error(400, -1000)],
  ['-1001, an internal disconnect', error(400, -1001)],
  ['a duplicate id, because that order lives', error(400, -2010, 'Duplicate order sent.')],
  ['an answer that cannot be read', { status: 200, result: { orderId: 'seven' } }],
  [
    'an answer with a status nobody documented',
    { status: 200, result: { ...ack({ newClientOrderId: 'a', quantity: '1', side: 'BUY' }), status: 'HALF_DONE' } },
  ],
];

const rejected: readonly [string, SocketAnswer, string][] = [
  ['-2010', error(400, -2010, 'Account has insufficient balance for requested action.'), '-2010'],
  ['-1013', error(400, -1013, 'Filter failure: LOT_SIZE'), '-1013'],
  ['-1021', error(400, -1021, 'Timestamp for this request is outside of the recvWindow.'), '-1021'],
  ['-2015', error(401, -2015, 'Invalid API-key, IP, or permissions for action.'), '-2015'],
  ['-1015, too many orders', error(400, -1015), 'RATE_LIMITED'],
  ['429', error(429, -1003), 'RATE_LIMITED'],
  ['418', error(418, -1003), 'RATE_LIMITED'],
  ['403 from a firewall', { status: 403, error: {} }, 'HTTP_403'],
];

describe.each([['websocket'], ['rest']] as const)('an order over %s', (via) => {
  it.each(unknown)('is unknown after %s, and was written once', async (_, answer) => {
    const { outcome, sent } = await submitAnswered(answer, via);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
  });

  it.each(rejected)('is rejected after %s, and was written once', async (_, answer, code) => {
    const { outcome, sent } = await submitAnswered(answer, via);
    expect(outcome).toMatchObject({ outcome: 'rejected', code });
    expect(sent).toHaveLength(1);
  });
});

describe('an order', () => {
  it('is acknowledged without fills when the answer carries none', async () => {
    await using server = await startScriptedServer();
    server.socket = (_, params) => ({
      status: 200,
      result: ack(params, { status: 'NEW', executedQty: '0', fills: undefined }),
    });
    const exchange = connect(server);
    expect(await exchange.submit(approve('a'))).toMatchObject({
      outcome: 'acknowledged',
      report: { status: 'new' },
      fills: [],
    });
    await exchange.close();
  });

  it('carries its client id, asks for the full answer, and is good only inside its request window', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    await exchange.submit(approve('ares-1'));
    expect(server.placed[0]).toMatchObject({
      newClientOrderId: 'ares-1',
      newOrderRespType: 'FULL',
      quantity: '0.001',
      type: 'MARKET',
      side: 'BUY',
      recvWindow: 1_000,
    });
    await exchange.close();
  });

  it('is certainly not sent when the exchange cannot be reached', async () => {
    const server = await startScriptedServer();
    const exchange = connect(server);
    await server[Symbol.asyncDispose]();
    expect(await exchange.submit(approve('a'))).toMatchObject({ outcome: 'rejected', code: 'NOT_CONNECTED' });
    await exchange.close();
  });

  it('is certainly not sent when its keys cannot be read', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server, { keys: () => Promise.reject(new Error('no keys stored')) });
    expect(await exchange.submit(approve('a'))).toEqual({
      outcome: 'rejected',
      code: 'NOT_CONNECTED',
      reason: 'nothing was sent: no keys stored',
    });
    expect(server.placed).toEqual([]);
    await exchange.close();
  });

  it('that had to wait for its connection is signed as of when it was asked for, so that one from before a pause is too old', async () => {
    await using server = await startScriptedServer();
    const slowKeys = async () => {
      await sleep(600);
      return { apiKey: 'key', secret: 'canary-secret' };
    };
    const exchange = connect(server, { keys: slowKeys, submit: { timeoutMs: 5_000 } });
    const asked = Date.now();
    await exchange.submit(approve('early'));
    expect(Number(server.placed[0]?.timestamp)).toBeLessThan(asked + 300);
    await exchange.close();
  });

  it('does not wait behind reads that the throttle holds back', async () => {
    await using server = await startScriptedServer();
    const rateLimits = [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 200 }];
    server.http = (method, path) => {
      if (path === '/api/v3/exchangeInfo') return { body: { ...exchangeInfo, rateLimits } };
      if (path === '/api/v3/time') return { body: { serverTime: 1 } };
      if (method === 'POST') return { body: ack({ newClientOrderId: 'a', quantity: '0.001', side: 'BUY' }) };
      return undefined;
    };
    const exchange = connect(server, { submit: { via: 'rest', timeoutMs: TIMEOUT_MS } });
    await exchange.submit(approve('first'));
    // Half the limit is this process's; the reads beyond it stand in ccxt's queue until a minute is over.
    const reads = Array.from({ length: 150 }, () => exchange.serverTime().catch(() => undefined));
    await Promise.all(reads.slice(0, 100));
    expect(await exchange.submit(approve('a'))).toMatchObject({ outcome: 'acknowledged' });
    // On a busy machine some of the hundred give up before they are sent; none of the other fifty was let through.
    expect(server.requests.filter((request) => request.endsWith('/time')).length).toBeLessThanOrEqual(100);
    await exchange.close();
  });

  it('ignores an answer that comes after it gave up', async () => {
    await using server = await startScriptedServer();
    server.socket = (method) => (method === 'order.place' ? 'silence' : { status: 200, result: null });
    const exchange = connect(server);
    expect(await exchange.submit(approve('a'))).toMatchObject({
      outcome: 'unknown',
      reason: 'no answer within 2000 ms',
    });
    server.send('account', JSON.stringify({ id: 1, status: 200, result: ack({ newClientOrderId: 'a' }) }));
    server.socket = (_, params) => ({ status: 200, result: ack(params) });
    expect(await exchange.submit(approve('b'))).toMatchObject({
      outcome: 'acknowledged',
      report: { clientOrderId: 'b' },
    });
    await exchange.close();
  });

  it('loads the keys again after a refusal for their sake, as after a rotation', async () => {
    await using server = await startScriptedServer();
    server.socket = (_, params) =>
      params.apiKey === 'new' ? { status: 200, result: ack(params) } : error(401, -2015, 'Invalid API-key');
    const stored = ['old', 'new'];
    const keys = vi.fn(async () => ({ apiKey: stored.shift() ?? 'none', secret: 's' }));
    const exchange = connect(server, { keys });
    expect(await exchange.submit(approve('a'))).toMatchObject({ outcome: 'rejected', code: '-2015' });
    expect(await exchange.submit(approve('b'))).toMatchObject({ outcome: 'acknowledged' });
    expect(keys).toHaveBeenCalledTimes(2);
    await exchange.close();
  });

  it('never shows the secret or a signature in its outcome', async () => {
    for (const via of ['websocket', 'rest'] as const) {
      for (const answer of ['silence', 'hang-up', error(401, -2015)] as const) {
        const { outcome } = await submitAnswered(answer, via);
        expect(JSON.stringify(outcome)).not.toMatch(/canary-secret|signature=[0-9a-f]/);
      }
    }
  });
});

describe.each([['websocket'], ['rest']] as const)('a rehearsed order over %s', (via) => {
  it('sends nothing, before anything was sent and after', async () => {
    await using server = await startScriptedServer();
    const taken = { newClientOrderId: 'a', quantity: '0.001', side: 'BUY' };
    server.socket = () => ({ status: 200, result: ack(taken) });
    server.http = (method) => (method === 'POST' ? { body: ack(taken) } : undefined);
    const exchange = connect(server, { submit: { timeoutMs: TIMEOUT_MS, via } });
    exchange.rehearse?.(approve('a'));
    expect(await exchange.submit(approve('a'))).toMatchObject({ outcome: 'acknowledged' });
    const sent = () => [...server.requests];
    const before = sent();
    for (let n = 0; n < 3; n += 1) exchange.rehearse?.(approve('a'));
    expect(await exchange.serverTime()).toBeGreaterThan(0);
    expect(sent().slice(before.length)).toEqual(['GET /api/v3/time']);
    await exchange.close();
  });
});
