import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  candleFileOf,
  controlOf,
  KEYS,
  MINUTE,
  request,
  START,
  temporaryFolder,
  wanderingBars,
} from './paper-client.ts';

const MAIN = new URL('../../../apps/paper-exchange/main.ts', import.meta.url).pathname;
const children: ChildProcess[] = [];

function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = fork(MAIN, [...args], {
    execArgv: ['--conditions=local', '--no-warnings'],
    env: { ...process.env, ...env },
    silent: true,
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    output.out += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output.err += String(chunk);
  });
  return { child, output };
}

async function ready(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const { child, output } = launch(args, env);
  const [message] = await once(child, 'message');
  return { child, output, url: `http://127.0.0.1:${(message as { port: number }).port}` };
}

async function ended(args: readonly string[]) {
  const { child, output } = launch(args);
  const [code] = await once(child, 'exit');
  return { code, ...output };
}

const keys = ['--api-key', KEYS.apiKey, '--secret', KEYS.secret];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('the paper exchange as a process', () => {
  it('killed without warning goes on at the same bar with the same orders, trades and balances', async () => {
    const folder = temporaryFolder();
    const args = [
      '--data',
      candleFileOf(wanderingBars(40), folder),
      '--live-from',
      String(START + 10 * MINUTE),
      '--state',
      join(folder, 'state.db'),
      ...keys,
    ];
    const first = await ready(args);
    await request(first.url, 'POST', 'order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.15' });
    await request(first.url, 'POST', 'order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01',
      price: '39000',
    });
    const control = controlOf(first.url);
    await control('POST', 'start', { speed: 1_200 });
    await new Promise((resolve) => setTimeout(resolve, 250));
    await control('POST', 'pause');
    const status = (await control('GET', 'status')).body;
    const books = (await control('GET', 'books')).body;
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await ready(args);
    const again = controlOf(second.url);
    expect((await again('GET', 'status')).body).toMatchObject({
      mode: 'paused',
      index: status.index,
      marketTime: status.marketTime,
    });
    expect((await again('GET', 'books')).body).toEqual(books);
    const placed = await request(second.url, 'POST', 'order', {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: '0.1',
    });
    expect(placed.body.orderId).toBe(3);
    const tradeIds = (await again('GET', 'books')).body.trades.map(({ id }: { id: number }) => id);
    expect(tradeIds).toEqual([...new Set(tradeIds)].sort((a, b) => Number(a) - Number(b)));
    await again('POST', 'start', { speed: 'max' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await again('GET', 'status')).body).toMatchObject({ mode: 'finished', index: 39 });
  });

  it('refuses a state that belongs to another market', async () => {
    const folder = temporaryFolder();
    const state = ['--state', join(folder, 'state.db'), ...keys];
    const first = await ready(['--data', candleFileOf(wanderingBars(40), folder), ...state]);
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    const other = await ended(['--data', candleFileOf(wanderingBars(30)), ...state]);
    expect(other.code).toBe(2);
    expect(other.err).toContain('must belong to the market "BTC/USDT 1m');
    const broken = join(folder, 'broken.db');
    writeFileSync(broken, 'this is no database, and long enough not to be taken for an empty one');
    const unreadable = await ended(['--data', candleFileOf(wanderingBars(30)), '--state', broken, ...keys]);
    expect(unreadable.err).toContain('must be a database of the paper exchange that can be written');
  });

  it('prints where it listens, takes its keys from the environment, and ends cleanly when asked or left alone', async () => {
    const data = candleFileOf(wanderingBars(20));
    const { child, output, url } = await ready(['--data', data], {
      ARES_PAPER_API_KEY: KEYS.apiKey,
      ARES_PAPER_SECRET: KEYS.secret,
    });
    expect(output.out).toBe(`${JSON.stringify({ ready: true, port: Number(new URL(url).port) })}\n`);
    expect((await request(url, 'GET', 'account')).status).toBe(200);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const orphan = await ready(['--data', data, ...keys]);
    orphan.child.disconnect();
    expect(await once(orphan.child, 'exit')).toEqual([0, null]);
  });

  it('ends, saying why, when its books take no more writes: it never goes on with a venue they do not know', async () => {
    const state = join(temporaryFolder(), 'state.db');
    const { child, output, url } = await ready(['--data', candleFileOf(wanderingBars(20)), '--state', state, ...keys]);
    const database = new DatabaseSync(state);
    database.exec('DROP TABLE orders');
    database.close();
    const ending = once(child, 'exit');
    await controlOf(url)('POST', 'start', { speed: 'max' });
    await request(url, 'POST', 'order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' });
    expect(await ending).toEqual([1, null]);
    expect(output.err).toContain('must take writes, failed (no such table: orders)');
  });

  it('says in one line what is wrong with how it was started', async () => {
    const data = candleFileOf(wanderingBars(20));
    const folder = temporaryFolder();
    const truncated = join(folder, 'cut.csv.gz');
    writeFileSync(truncated, gzipSync('ts_ms,open,high,low,close,volume\n').subarray(0, 20));
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as { port: number };
    const starts: readonly (readonly [readonly string[], string])[] = [
      [['--data', data, ...keys, '--port', String(port)], `port ${port} must be free, is in use`],
      [['--data', data, ...keys, '--colour'], "Unknown option '--colour'"],
      [['--data', data], '--api-key: must be given, here or as ARES_PAPER_API_KEY'],
      [keys, '--data: must be given, or --frames in its place'],
      [['--data', data, ...keys, '--port', '99999'], '--port: '],
      [['--data', data, ...keys, '--symbol', 'BTCUSDT'], 'symbol must be like "BTC/USDT", was "BTCUSDT"'],
      [['--data', data, ...keys, '--live-from', '9999999999999'], 'live-from must be at most'],
      [['--data', join(folder, 'nothing.csv'), ...keys], 'must be a file that can be read'],
      [['--data', truncated, ...keys], 'must be a complete gzip file, was damaged or cut off'],
    ];
    const answers = await Promise.all(starts.map(([args]) => ended(args)));
    busy.close();
    for (const [i, { code, err, out }] of answers.entries()) {
      expect(err).toContain(starts[i]?.[1]);
      expect([code, out, err.trim().split('\n').length]).toEqual([2, '', 1]);
    }
  });
});
