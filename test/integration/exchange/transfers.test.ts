import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { ZERO } from '../../../src/core/trading/money.ts';
import { connect } from './connect.ts';
import { startScriptedServer } from './scripted-server.ts';

const DAY = 86_400_000;
const DEPOSITS = '/sapi/v1/capital/deposit/hisrec';
const WITHDRAWALS = '/sapi/v1/capital/withdraw/history';
const NOW = Date.UTC(2024, 5, 1);
const wallClock = { now: () => epochMillis(NOW) };

const deposit = (id: number, insertTime: number) => ({
  id: String(id),
  coin: 'USDT',
  amount: '1.5',
  status: 1,
  insertTime,
});
const withdrawal = (id: number, at: number) => ({
  id: `w${id}`,
  coin: 'USDT',
  amount: '2',
  transactionFee: '0.25',
  status: 6,
  applyTime: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
});

/** A wallet with so many deposits a day, one withdrawal each, as Binance serves them: windows of 90 days, pages of 1,000, newest first. */
function wallet(deposits: number, withdrawals: number) {
  const windows: [number, number][] = [];
  const page = (rows: readonly { at: number; row: object }[], query: URLSearchParams) => {
    const [from, to] = [Number(query.get('startTime')), Number(query.get('endTime') ?? NOW)];
    if (to - from >= 90 * DAY)
      return { status: 400, body: { code: -4047, msg: 'Time interval must be within 0-90 days' } };
    windows.push([from, to]);
    const offset = Number(query.get('offset') ?? 0);
    const found = rows.filter(({ at }) => at >= from && at <= to).toReversed();
    return { body: found.slice(offset, offset + Number(query.get('limit') ?? 1_000)).map(({ row }) => row) };
  };
  const spread = (count: number) =>
    Array.from({ length: count }, (_, i) => NOW - 300 * DAY + Math.floor((i * 300 * DAY) / count));
  const come = spread(deposits).map((at, i) => ({ at, row: deposit(i, at) }));
  const gone = spread(withdrawals).map((at, i) => ({ at, row: withdrawal(i, at) }));
  return {
    windows,
    http: (_: string, path: string, query: URLSearchParams) => {
      if (path === DEPOSITS) return page(come, query);
      return path === WITHDRAWALS ? page(gone, query) : undefined;
    },
  };
}

describe('transfers', () => {
  it('come all, oldest first, over windows and pages, and none from before', async () => {
    await using server = await startScriptedServer();
    server.http = wallet(4_000, 30).http;
    const exchange = connect(server, { wallClock });
    const all = await exchange.transfersSince(epochMillis(NOW - 301 * DAY));
    expect(all).toHaveLength(4_030);
    expect(new Set(all.map(({ id }) => id)).size).toBe(4_030);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => a - b));
    const sum = all.reduce((total, { amount }) => total.plus(amount), ZERO);
    expect(sum.toFixed()).toBe(String(4_000 * 1.5 - 30 * 2.25));
    const late = await exchange.transfersSince(epochMillis(NOW - 30 * DAY));
    expect(late).toEqual(all.filter(({ at }) => at >= NOW - 30 * DAY));
    expect((await exchange.capabilities('BTC/USDT')).transfers).toBe(true);
    await exchange.close();
  });

  it.each([
    ['there is no wallet', { status: 404, body: 'not found' }],
    [
      'the key may not read it',
      { status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } },
    ],
  ])('are none, and said to be unknown, where %s', async (_, answer) => {
    await using server = await startScriptedServer();
    server.http = (_, path) => (path.startsWith('/sapi') ? answer : undefined);
    const exchange = connect(server, { wallClock });
    expect(await exchange.transfersSince(epochMillis(0))).toEqual([]);
    expect((await exchange.capabilities('BTC/USDT')).transfers).toBe(false);
    expect(server.requests.filter((request) => request.includes('sapi'))).toHaveLength(1);
    await exchange.close();
  });

  it('that could not be read are an error, not none', async () => {
    await using server = await startScriptedServer();
    const whole = wallet(5, 5);
    let isDown = true;
    server.http = (method, path, query) =>
      isDown && path.startsWith('/sapi') ? { status: 503, body: {} } : whole.http(method, path, query);
    const exchange = connect(server, { wallClock });
    await expect(exchange.transfersSince(epochMillis(0))).rejects.toMatchObject({ code: 'EXCHANGE_UNAVAILABLE' });
    isDown = false;
    expect(await exchange.transfersSince(epochMillis(NOW - 301 * DAY))).toHaveLength(10);
    await exchange.close();
  });
});
