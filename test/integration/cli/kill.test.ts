import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { clientOrderId, type Leg, parseClientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { readTradingState } from '../../../src/core/trading/trading-state.ts';
import { writeCandleSlice } from '../../support/candle-slice.ts';
import { startExchangeProcess } from '../../support/exchange-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { request } from '../paper-exchange/paper-client.ts';
import { runAres } from './support/run-ares.ts';

const SLOT = 'main:trend:BTC/USDT:1m' as SlotId;
let attempts = 0;

/** An exchange with a position of the slot, its stop and a resting entry, and an order of somebody else. */
async function openScene() {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 300);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 100 });
  const dataDir = join(directory, 'data');
  const id = (leg: Leg) => {
    attempts += 1;
    return clientOrderId({ slot: SLOT, barClose: epochMillis(1_650_000_000_000), leg, attempt: attempts, epoch: 3 });
  };
  const place = async (parameters: Record<string, string>) => {
    const { status, body } = await request(exchange.url, 'POST', 'order', { symbol: 'BTCUSDT', ...parameters });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return parameters.newClientOrderId as string;
  };
  const { lastPrice: price } = (await exchange.control('books')) as { readonly lastPrice: number };
  const away = (share: number) => (price * share).toFixed(2);
  const resting = { type: 'LIMIT', timeInForce: 'GTC', price: away(0.9), quantity: '0.01' };
  await place({ side: 'BUY', type: 'MARKET', quantity: '0.1', newClientOrderId: id('entry') });
  const entry = await place({ side: 'BUY', ...resting, newClientOrderId: id('entry') });
  const stop = await place({
    side: 'SELL',
    type: 'STOP_LOSS',
    stopPrice: away(0.9),
    quantity: '0.09',
    newClientOrderId: id('stop_loss'),
  });
  const foreign = await place({ side: 'BUY', ...resting, newClientOrderId: 'by-hand' });
  const open = async () =>
    (await exchange.books()).orders
      .filter(({ status }) => status === 'NEW' || status === 'new' || status === 'PARTIALLY_FILLED')
      .map(({ clientOrderId: own }) => own)
      .sort();
  const base = async () => {
    const { free, locked } = (await exchange.books()).balances.BTC ?? { free: '0', locked: '0' };
    return decimal(free).plus(locked).toFixed();
  };
  const kill = (...args: string[]) =>
    runAres(dataDir, ['kill', '--slot', SLOT, '--exchange-url', exchange.url, '--keys', exchange.keysFile, ...args], {
      ARES_RECV_WINDOW_MS: '1000',
    });
  return { exchange, dataDir, entry, stop, foreign, open, base, kill };
}

describe('ares kill', () => {
  test('without --yes says what it would do, does nothing, and ends with 4', async () => {
    const scene = await openScene();
    const run = await scene.kill('--flatten', '--json');
    expect(run).toMatchObject({ code: 4, stderr: '' });
    expect(run.json()).toEqual({
      outcome: 'planned',
      lines: [
        {
          line: SLOT,
          cancel: expect.arrayContaining([scene.entry, scene.stop]),
          keep: [],
          foreign: 1,
          held: '0.0999',
          reason: null,
          sell: '0.0999',
        },
      ],
    });
    expect(await scene.open()).toEqual([scene.entry, scene.foreign, scene.stop].sort());
  });

  test('cancels, sells and verifies with the keys alone: there is no ledger', async () => {
    const scene = await openScene();
    const run = await scene.kill('--flatten', '--yes', '--json');
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.json()).toMatchObject({
      outcome: 'killed',
      complete: true,
      halt: { recorded: false, reason: expect.stringContaining('must be a data directory of Ares') },
      lines: [
        {
          line: SLOT,
          cancels: { stillOpen: [], reason: null },
          sale: { outcome: 'sold', filled: '0.0999' },
          held: '0',
        },
      ],
    });
    expect(await scene.open()).toEqual([scene.foreign]);
    expect(await scene.base()).toBe('0');
    const sale = (await scene.exchange.books()).orders.find(
      ({ side, status }) => side === 'sell' && /filled/i.test(status),
    );
    expect(parseClientOrderId(SLOT, sale?.clientOrderId ?? '')).toMatchObject({ leg: 'exit', epoch: 0 });
    const again = await scene.kill('--flatten', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to sell') });
    expect(again.stdout).toContain('HALTED COULD NOT BE RECORDED');
  });

  test('does all of it while the database is locked, and says that no halt stands there', async () => {
    const scene = await openScene();
    mkdirSync(scene.dataDir);
    openDatabase(scene.dataDir).close();
    const hung = new DatabaseSync(join(scene.dataDir, 'ares.db'));
    hung.exec('BEGIN IMMEDIATE');
    try {
      const run = await scene.kill('--yes', '--json');
      expect(run).toMatchObject({ code: 0 });
      expect(run.json()).toMatchObject({
        complete: true,
        halt: { recorded: false },
        lines: [{ sale: null, held: '0.0999' }],
      });
      expect(await scene.open()).toEqual([scene.foreign]);
    } finally {
      hung.close();
    }
  });

  test('records the halt where there is a ledger, and leaves the stops when told so', async () => {
    const scene = await openScene();
    mkdirSync(scene.dataDir);
    const db = openDatabase(scene.dataDir);
    const run = await scene.kill('--keep-stops', '--yes', '--reason', 'news', '--user', 'ada');
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toContain('The ledger says HALTED by ada: news.');
    expect(await readTradingState(createSqliteLedger(db), SLOT)).toMatchObject({ state: 'HALTED', by: 'ada' });
    db.close();
    expect(await scene.open()).toEqual([scene.foreign, scene.stop].sort());
  });

  test('is not done where the exchange refuses the keys, and says so', async () => {
    const scene = await openScene();
    const keys = join(temporaryDirectory(), 'other-keys.json');
    writeFileSync(keys, JSON.stringify({ apiKey: 'of-somebody-else', secret: 'unknown' }), { mode: 0o600 });
    const run = await scene.kill('--keys', keys, '--flatten', '--yes', '--json');
    expect(run.code).toBe(1);
    expect(run.json()).toMatchObject({
      outcome: 'incomplete',
      lines: [
        {
          cancels: { cancelled: [], reason: expect.stringMatching(/API-key|permission/i) },
          sale: { outcome: 'failed' },
          held: null,
        },
      ],
    });
    expect(await scene.open()).toEqual([scene.entry, scene.foreign, scene.stop].sort());
  });

  test('ends with 2 on a wish that contradicts itself, or names no slot', async () => {
    const slot = ['--slot', SLOT];
    for (const words of [
      [],
      [...slot, '--flatten', '--keep-stops'],
      [...slot, '--quantity', '1'],
      [...slot, '--flatten', '--quantity', '0'],
      ['--slot', 'main:trend:BTC/USDT+ETH/USDT:1m', '--flatten', '--quantity', '1'],
      ['--slot', 'paper:trend:BTC/USDT:1m'],
    ]) {
      const run = await runAres(join(temporaryDirectory(), 'none'), ['kill', ...words]);
      expect(run.code, `${words.join(' ')}: ${run.stderr}`).toBe(2);
    }
  });
});
