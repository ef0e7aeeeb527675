import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decimal } from '../../src/core/trading/money.ts';
import { readTradingState } from '../../src/core/trading/trading-state.ts';
import { runAres } from '../integration/cli/support/run-ares.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { startExchangeProcess } from '../support/exchange-process.ts';
import { freeze } from '../support/freeze.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openSlotOn } from '../support/traded-slot.ts';

/** Ten bars a second. */
const SPEED = 600;

it('takes a frozen trader off the exchange, keeps it from trading when it wakes, and the next start books what was sold', async () => {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 6_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000 });
  const traded = await openSlotOn(exchange, join(directory, 'data'));
  const held = async () => {
    const { free, locked } = (await exchange.books()).balances.BTC ?? { free: '0', locked: '0' };
    return decimal(free).plus(locked);
  };
  const kill = (...args: string[]) =>
    runAres(
      traded.dataDir,
      ['kill', '--slot', traded.slot, '--exchange-url', exchange.url, '--keys', exchange.keysFile, ...args],
      { ARES_RECV_WINDOW_MS: '1000' },
    );

  const trader = traded.startTrader();
  await exchange.run(SPEED);
  await traded.tradesAgain();
  await eventually('a position of a frozen trader', async () => {
    await freeze(trader, traded.dataDir);
    if ((await held()).gt('0.001')) return true;
    trader.kill('SIGCONT');
    return false;
  });
  await exchange.pause();

  const run = await kill('--flatten', '--yes', '--json');
  expect(run, `${run.stdout}\n${run.stderr}`).toMatchObject({ code: 0 });
  expect(run.json()).toMatchObject({
    outcome: 'killed',
    halt: { recorded: true },
    lines: [{ sale: { outcome: 'sold' } }],
  });
  expect((await held()).lt('0.00001'), 'only dust is left').toBe(true);
  expect(await readTradingState(traded.ledger, traded.slot)).toMatchObject({ state: 'HALTED', reason: 'kill switch' });
  const orders = await traded.orderCount();

  // It has bars of its own waiting in its sockets, and its model would trade at every second of them.
  trader.kill('SIGCONT');
  await exchange.run(SPEED);
  await trader.ended;
  const next = traded.startTrader();
  await next.says(/recovered/);
  await eventually(
    'a trader that decides and is HALTED',
    async () => {
      const beat = await traded.heartbeat();
      return beat?.state === 'HALTED' && Number(beat.decisions) >= 3;
    },
    { withinMs: 60_000 },
  );
  expect(await traded.orderCount(), 'nothing was sent after the kill').toBe(orders);
  expect(await traded.differences()).toEqual([]);
});
