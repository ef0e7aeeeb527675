import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/training/seeded-random.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { startExchangeProcess } from '../support/exchange-process.ts';
import { openOrderGate } from '../support/order-gate.ts';
import { childrenOf } from '../support/process-table.ts';
import { allEnded, startRunnerOn } from '../support/runner-process.ts';
import { openSlotOn, traderLog } from '../support/traded-slot.ts';

type Victim = 'trader' | 'runner' | 'runner and trader' | 'exchange';
type Moment = 'at random' | 'after an order' | 'order on the way' | 'answer lost' | 'and again while it recovers';

/** Twenty kills, and those that come again. */
const KILLS: readonly (readonly [number, Victim, Moment])[] = [
  [3, 'trader', 'at random'],
  [2, 'trader', 'after an order'],
  [2, 'trader', 'order on the way'],
  [2, 'trader', 'answer lost'],
  [2, 'trader', 'and again while it recovers'],
  [2, 'runner', 'at random'],
  [1, 'runner', 'after an order'],
  [1, 'runner', 'order on the way'],
  [1, 'runner', 'answer lost'],
  [1, 'runner and trader', 'order on the way'],
  [1, 'runner and trader', 'answer lost'],
  [1, 'exchange', 'at random'],
  [1, 'exchange', 'after an order'],
];

/** Ten bars a second. */
const SPEED = 600;
const LONGEST_WAIT_MS = 2_500;
/** Longer than the request window: an order so late is refused by the exchange, and one that is sooner is not. */
const LONGEST_WAY_MS = 1_400;

const seed = Number(process.env.ARES_TEST_SEED ?? Date.now() % 1_000_000);
const directory = mkdtempSync(join(tmpdir(), 'ares-kill-'));
const endings: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const end of endings) await end();
  rmSync(directory, { recursive: true, force: true });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('loses and doubles nothing when trader, runner and exchange are killed at 20 random moments', async () => {
  process.stdout.write(`kill suite: ARES_TEST_SEED=${seed} replays these moments\n`);
  const random = seededRandom(seed);
  const kills = KILLS.flatMap(([count, victim, moment]) => Array.from({ length: count }, () => ({ victim, moment })))
    .map((kill) => ({ ...kill, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank);
  expect(kills).toHaveLength(20);

  const candles = writeCandleSlice(join(directory, 'candles.csv'), 14_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 3_000, keep: true });
  endings.push(() => endOf(exchange.process()));
  const gate = await openOrderGate(exchange.url);
  endings.push(() => gate.close());
  const traded = await openSlotOn(exchange, join(directory, 'data'), gate.url);
  let runner = startRunnerOn(traded);
  endings.unshift(() => endOf(runner.process));
  await exchange.run(SPEED);
  let instance = await traded.tradesAgain();

  /** Waits for the moment; what it returns lets the network go on. */
  const moment = async (kind: Moment): Promise<() => Promise<void>> => {
    await pause(random.next() * LONGEST_WAIT_MS);
    if (kind === 'order on the way' || kind === 'answer lost') {
      const way = random.next() * LONGEST_WAY_MS;
      const { release } = await gate.intercept(kind);
      return () => pause(way).then(release);
    }
    if (kind === 'after an order') {
      const before = await traded.orderCount();
      await eventually('a new order', async () => (await traded.orderCount()) > before, { everyMs: 5 });
    }
    return async () => undefined;
  };

  for (const [index, { victim, moment: kind }] of kills.entries()) {
    const name = `kill ${index + 1} of ${kills.length}, ${victim} ${kind}`;
    // Promotions and swaps are under way at some of the moments too.
    if (index % 3 === 0) await traded.addModel(index + 1);
    const children = runner.children();
    const trader = await runner.trader();
    const goOn = await moment(kind);
    const killed = performance.now();
    if (victim === 'exchange') {
      exchange.process().kill('SIGKILL');
      await exchange.process().ended;
      await exchange.start();
      await exchange.run(SPEED);
      const lastBar = Number((await traded.heartbeat())?.lastBarClose);
      // Whether the trader lives through it or is started again is its own business: it must go on.
      await eventually('decisions after the exchange came back', async () => {
        const beat = await traded.heartbeat();
        return beat?.state === 'ACTIVE' && Number(beat.lastBarClose) > lastBar + 120_000;
      });
      instance = String((await traded.heartbeat())?.instance);
    } else {
      if (victim !== 'trader') runner.process.kill('SIGKILL');
      if (victim !== 'runner') process.kill(trader, 'SIGKILL');
      await goOn();
      if (kind === 'and again while it recovers') {
        const next = await eventually('the next trader', () =>
          childrenOf(runner.process.pid, 'apps/trader/').find((pid) => pid !== trader),
        );
        await pause(random.next() * 3_500);
        process.kill(next, 'SIGKILL');
      }
      if (victim !== 'trader') {
        await runner.process.ended;
        await allEnded(children);
        runner = startRunnerOn(traded);
      }
      instance = await traded.tradesAgain(instance).catch((error: Error) => {
        const { stdout, stderr } = runner.process;
        throw new Error(`${name}: ${error.message}\n${stdout()}\n${stderr()}\n${traderLog(traded.dataDir)}`);
      });
    }
    const back = Math.round(performance.now() - killed);
    expect(await traded.differences(), `${name}, seed ${seed}`).toEqual([]);
    process.stdout.write(`${name}: trading again after ${back} ms, ${await traded.orderCount()} orders equal\n`);
    await exchange.run(SPEED);
  }

  runner.process.kill('SIGINT');
  expect(await runner.process.ended).toBe(0);
  expect(await traded.outbox.pending(10)).toEqual([]);
  expect(await traded.differences()).toEqual([]);
  // Otherwise the moments were not what they were meant to be.
  expect(await traded.orderCount()).toBeGreaterThan(150);
  const log = readFileSync(join(traded.dataDir, 'logs', 'trader.log'), 'utf8');
  const recoveries = [...log.matchAll(/"settledNow":(\d+)/g)].map((match) => Number(match[1]));
  process.stdout.write(`orders that a recovery settled, start by start: ${recoveries.join(' ')}\n`);
  expect(recoveries.filter((settled) => settled > 0).length).toBeGreaterThanOrEqual(4);
});

async function endOf(spawned: { kill(signal: 'SIGKILL'): void; readonly ended: Promise<unknown> }): Promise<void> {
  spawned.kill('SIGKILL');
  await spawned.ended;
}
