import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEnqueuer } from '../../src/adapters/local/sqlite-command-queue.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { type ExchangeProcess, startExchangeProcess } from '../support/exchange-process.ts';
import { mountSmallDisk, noMountReason } from '../support/own-mount.ts';
import { restlessModel } from '../support/restless-model.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openSlotOn, type SlotOnExchange } from '../support/traded-slot.ts';

/** Ten bars a second. */
const SPEED = 600;
const directory = mkdtempSync(join(tmpdir(), 'ares-damaged-'));
let candles: ReturnType<typeof writeCandleSlice>;

beforeAll(() => {
  candles = writeCandleSlice(join(directory, 'candles.csv'), 6_000);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function open(): Promise<{ readonly exchange: ExchangeProcess; readonly traded: SlotOnExchange }> {
  const own = temporaryDirectory();
  const exchange = await startExchangeProcess({ directory: own, candles, liveFrom: 2_000 });
  return { exchange, traded: await openSlotOn(exchange, join(own, 'data')) };
}

const championFile = async ({ ledger, slot, dataDir }: SlotOnExchange): Promise<string> =>
  join(dataDir, 'models', `${(await readDeployment(ledger, slot)).championHash}.onnx`);

const systemErrors = async ({ eventLog }: SlotOnExchange): Promise<Record<string, unknown>[]> =>
  (await eventLog.recent({ limit: 100 }))
    .filter(({ event }) => event.detailType === 'SystemError')
    .map(({ event }) => event.detail.data as Record<string, unknown>);

describe('a model file of the champion', () => {
  it('that is cut off or gone is not traded with; back in its place it is', async () => {
    const { exchange, traded } = await open();
    const file = await championFile(traded);
    const whole = readFileSync(file);
    truncateSync(file, whole.length / 2);
    const first = traded.startTrader();
    await first.says(
      /model restless-00 was not swapped in, nothing is traded without one: .*it was truncated or changed/,
    );
    await exchange.run(SPEED);
    await eventually('decisions without a model', async () => Number((await traded.heartbeat())?.decisions) > 5);
    expect((await exchange.books()).orders).toEqual([]);
    expect(await systemErrors(traded)).toMatchObject([{ component: 'trader', code: 'MODEL_CORRUPT' }]);
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    rmSync(file);
    const second = traded.startTrader();
    await second.says(/model restless-00 was not swapped in.*there is no such file/);
    const missing = async () => (await systemErrors(traded)).some(({ code }) => code === 'MODEL_MISSING');
    await eventually('its event', missing);
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);

    const before = (await traded.heartbeat())?.instance;
    writeFileSync(file, whole);
    traded.startTrader();
    await traded.tradesAgain(before);
    await eventually('orders', async () => (await traded.orderCount()) >= 2);
    expect(await traded.differences()).toEqual([]);
  });

  it('that is cut off after its promotion leaves the one before it trading', async () => {
    const { exchange, traded } = await open();
    traded.startTrader();
    await exchange.run(SPEED);
    const instance = await traded.tradesAgain();
    await traded.addModel(1);
    await traded.promote();
    truncateSync(await championFile(traded), 10);
    const [promoted] = (await traded.eventLog.recent({ limit: 1 })).map(({ event }) => event);
    expect(promoted?.detailType).toBe('ModelUpdated');
    if (promoted) commandEnqueuer(traded.db)('trader', promoted);
    const failed = async () => (await systemErrors(traded)).find(({ code }) => code === 'MODEL_CORRUPT');
    const { message } = await eventually('the failed swap', failed);
    expect(message).toMatch(/model restless-01 was not swapped in, the one before it keeps trading/);

    const orders = await traded.orderCount();
    await eventually('orders after it', async () => (await traded.orderCount()) >= orders + 2);
    expect(await traded.heartbeat()).toMatchObject({ instance, runId: 'restless-00' });
    expect(await traded.differences()).toEqual([]);
  });
});

it('refuses a model with other features when it is registered, naming the first that differs', async () => {
  const { traded } = await open();
  const outcome = await traded.addModel(1, restlessModel(1, { features: ['phase_of_the_moon'] }));
  expect(outcome).toEqual({
    outcome: 'refused',
    reason: 'feature 1 of 1 must be one of ares-core version 1, was "phase_of_the_moon"',
  });
});

it.each([
  ['key', { apiKey: 'somebody-else', secret: 'secret-of-the-test' }, /Invalid API-key, IP, or permissions/],
  ['secret', { apiKey: 'key-of-the-test', secret: 'guess-guess' }, /Signature for this request is not valid/],
])('ends with what the exchange said of a wrong %s', async (_what, keys, message) => {
  const { traded } = await open();
  writeFileSync(traded.env.ARES_KEYS_FILE, JSON.stringify(keys));
  const trader = traded.startTrader();
  expect(await trader.ended).toBe(1);
  expect(trader.stderr()).toMatch(message);
  expect(trader.stderr()).not.toContain('guess-guess');
});

it.skipIf(noMountReason)(
  `goes on after its disk was full, with nothing lost or doubled${noMountReason ? `: skipped, ${noMountReason}` : ''}`,
  async () => {
    const own = temporaryDirectory();
    const disk = join(own, 'disk');
    mountSmallDisk(disk, '8m');
    const exchange = await startExchangeProcess({ directory: own, candles, liveFrom: 2_000 });
    const traded = await openSlotOn(exchange, join(disk, 'data'));
    const first = traded.startTrader();
    await exchange.run(SPEED);
    const instance = await traded.tradesAgain();
    const filler = join(disk, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(8_000_000))).toThrow(/ENOSPC/);
    expect(statSync(filler).size).toBeGreaterThan(0);
    expect(await first.ended).toBe(1);
    expect(first.stderr()).toMatch(/must be writable, with space left on its disk/);

    rmSync(filler);
    traded.startTrader();
    await traded.tradesAgain(instance);
    const orders = await traded.orderCount();
    await eventually('orders after it', async () => (await traded.orderCount()) >= orders + 2);
    expect(await traded.differences()).toEqual([]);
  },
);
