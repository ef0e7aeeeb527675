import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runAres } from '../integration/cli/support/run-ares.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { startExchangeProcess } from '../support/exchange-process.ts';
import { startRunnerOn } from '../support/runner-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openSlotOn, traderLog } from '../support/traded-slot.ts';

/** Ten bars a second: the trader decides all the time, and trades at every second bar. */
const SPEED = 600;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('halts a trader that is busy through the queue, and a restart, a promotion and a rollback leave it halted', async () => {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 9_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000 });
  const traded = await openSlotOn(exchange, join(directory, 'data'));
  const ares = (...args: string[]) => runAres(traded.dataDir, ['--slot', traded.slot, ...args]);
  const runner = startRunnerOn(traded);
  try {
    await exchange.run(SPEED);
    const instance = await traded.tradesAgain();
    await eventually('orders', async () => (await traded.orderCount()) >= 4);

    expect(await ares('halt', '--reason', 'news')).toMatchObject({ code: 0 });
    const inState = (state: string) =>
      eventually(`a trader that is ${state}`, async () => (await traded.heartbeat())?.state === state).catch(
        (error: Error) => {
          throw new Error(`${error.message}: ${traderLog(traded.dataDir)}`);
        },
      );
    await inState('HALTED');
    await pause(500);
    const orders = await traded.orderCount();
    const decided = Number((await traded.heartbeat())?.decisions);
    /** It lives and decides, and sends nothing. */
    const staysHalted = async (before: number) => {
      await eventually('decisions', async () => Number((await traded.heartbeat())?.decisions) >= before + 10);
      expect((await traded.heartbeat())?.state).toBe('HALTED');
      expect(await traded.orderCount()).toBe(orders);
    };
    await staysHalted(decided);

    await traded.addModel(1);
    await traded.promote();
    await eventually('the new model', async () => (await traded.heartbeat())?.runId === 'restless-01');
    await staysHalted(Number((await traded.heartbeat())?.decisions));

    expect(await ares('rollback', '--yes', '--reason', 'try the old one')).toMatchObject({ code: 0 });
    await eventually('the old model', async () => (await traded.heartbeat())?.runId === 'restless-00');
    await staysHalted(Number((await traded.heartbeat())?.decisions));

    process.kill(await runner.trader(), 'SIGKILL');
    await eventually('another trader', async () => (await traded.heartbeat())?.instance !== instance, {
      withinMs: 60_000,
    });
    await staysHalted(0);

    expect(await ares('resume', '--to', 'reducing', '--reason', 'leave')).toMatchObject({ code: 0 });
    await inState('REDUCING');
    const entries = async () => (await exchange.books()).orders.filter(({ side }) => side === 'buy').length;
    const bought = await entries();
    await pause(2_000);
    expect(await entries()).toBe(bought);
  } finally {
    runner.process.kill('SIGTERM');
    await runner.process.ended;
  }
});
