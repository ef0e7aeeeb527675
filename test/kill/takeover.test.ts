import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keys } from '../../src/core/ledger-keys.ts';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { startExchangeProcess } from '../support/exchange-process.ts';
import { freeze } from '../support/freeze.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openSlotOn } from '../support/traded-slot.ts';

/** Ten bars a second. */
const SPEED = 600;

it('lets a trader that was frozen past its lease place nothing any more once another has taken over', async () => {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 6_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000 });
  const traded = await openSlotOn(exchange, join(directory, 'data'));
  const epochs = async (): Promise<number[]> =>
    (await exchange.books()).orders.map(
      ({ clientOrderId }) => parseClientOrderId(traded.slot, clientOrderId)?.epoch ?? 0,
    );

  // Nobody starts these traders again: their lease must outlast a busy machine.
  const env = { ARES_LEASE_TTL_MS: '4000' };
  const first = traded.startTrader({ env });
  await exchange.run(SPEED);
  const firstInstance = await traded.tradesAgain();
  await eventually('orders of the first', async () => (await epochs()).length >= 3);

  await freeze(first, traded.dataDir);
  const second = traded.startTrader({ env });
  await second.says(/waiting for the lease of the former trader to run out/);
  await traded.tradesAgain(firstInstance).catch((error: Error) => {
    throw new Error(`${error.message}\n${second.stderr()}`);
  });
  await eventually('orders of the second', async () => (await epochs()).filter((epoch) => epoch === 2).length >= 3);
  const ofFirst = (await epochs()).filter((epoch) => epoch === 1).length;

  // Bars have queued up in its socket, and its model would trade at every second of them.
  first.kill('SIGCONT');
  const code = await first.ended;
  expect(code, first.stderr()).toBe(1);
  expect(first.stderr()).toMatch(/lease/);
  const before = (await epochs()).length;
  await eventually('more orders of the second', async () => (await epochs()).length >= before + 3);
  const all = await epochs();
  expect(all.filter((epoch) => epoch === 1)).toHaveLength(ofFirst);
  expect(all.indexOf(2), 'all orders of the first come before those of the second').toBe(ofFirst);
  expect(await traded.differences()).toEqual([]);
  for (const { clientOrderId } of (await exchange.books()).orders.slice(ofFirst)) {
    const { leg, barClose } = parseClientOrderId(traded.slot, clientOrderId) ?? { leg: 'pair', barClose: 0 };
    if (leg !== 'entry' && leg !== 'exit') continue;
    const decision = await traded.ledger.get(keys.decision(traded.slot, barClose));
    expect(decision?.value.clientOrderId, 'the frozen one has not written over a decision of the other').toBe(
      clientOrderId,
    );
  }
  expect(second.stderr()).not.toMatch(/must be started again/);
});
