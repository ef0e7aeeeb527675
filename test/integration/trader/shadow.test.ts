import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { parseAccount } from '../../../src/core/trading/slot-account.ts';
import { writeCandleSlice } from '../../support/candle-slice.ts';
import { eventually } from '../../support/eventually.ts';
import { startExchangeProcess } from '../../support/exchange-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openSlotOn } from '../../support/traded-slot.ts';

test('a trader in shadow trades the market without keys and without an order on it, and goes on where its books are', async () => {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 8_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000 });
  const traded = await openSlotOn(exchange, join(directory, 'data'));
  // Nobody starts this trader again: its lease must outlast a busy machine.
  const env = {
    ARES_MODE: 'shadow',
    ARES_KEYS_FILE: join(directory, 'no-such-keys.json'),
    ARES_LEASE_TTL_MS: '6000',
  };
  const account = async () => {
    const item = await traded.ledger.get(keys.account(traded.slot));
    return item && parseAccount(item.value);
  };
  const trades = async (count: number) =>
    eventually('trades in the books', async () => ((await account())?.trades ?? 0) >= count).catch((error: Error) => {
      throw new Error(`${error.message}\n${trader.stderr()}\n${trader.stdout()}`);
    });

  let trader = traded.startTrader({ env });
  await exchange.run(600);
  await trades(4);
  trader.kill('SIGKILL');
  await trader.ended;
  const before = await account();

  trader = traded.startTrader({ env });
  await trades((before?.trades ?? 0) + 4);
  const beat = await traded.heartbeat();
  expect(beat).toMatchObject({ state: 'ACTIVE' });
  const after = await account();
  expect(after?.baseline.quote.toFixed()).toBe('10000');
  expect(after?.realisedPnl.toFixed()).not.toBe(before?.realisedPnl.toFixed());
  const { orders, balances } = await exchange.books();
  expect(orders).toEqual([]);
  expect(Number(balances.USDT?.free)).toBe(10_000);
});
