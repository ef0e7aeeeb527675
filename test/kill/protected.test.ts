import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import { seededRandom } from '../../src/core/training/seeded-random.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { startExchangeProcess } from '../support/exchange-process.ts';
import { openOrderGate } from '../support/order-gate.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openSlotOn } from '../support/traded-slot.ts';

/** Ten bars a second. */
const SPEED = 600;
const LONGEST_WAIT_MS = 2_000;
const ROUNDS = 4;

/** Of what the position cost, its fee of 0.001 included. Near enough that now and then one of them trades, also while nobody is there; a stop at the fee would be touched at once, and never rest. */
const PROTECTED = {
  exits: { stopLossFraction: 0.002, takeProfitFraction: 0.0005 },
  entry: { type: 'limit', timeInForce: 'gtc' },
  reconciliation: { everySeconds: 2 },
};

const seed = Number(process.env.ARES_TEST_SEED ?? Date.now() % 1_000_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('loses and doubles nothing when connections break and traders are killed while stops, profits and entries rest', async () => {
  process.stdout.write(`protected suite: ARES_TEST_SEED=${seed} replays these moments\n`);
  const random = seededRandom(seed);
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 8_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000 });
  const gate = await openOrderGate(exchange.url);
  try {
    const traded = await openSlotOn(exchange, join(directory, 'data'), gate.url, PROTECTED);
    const legs = async (): Promise<readonly (string | undefined)[]> =>
      (await exchange.books()).orders.map(
        ({ clientOrderId, status }) => `${parseClientOrderId(traded.slot, clientOrderId)?.leg} ${status}`,
      );
    // Nobody but this test starts a trader again: its lease must outlast a busy machine.
    const env = { ARES_LEASE_TTL_MS: '5000' };
    let trader = traded.startTrader({ env });
    await exchange.run(SPEED);
    let instance = await traded.tradesAgain();

    /** Books have what has ended: the market stops where no order is half filled. */
    const differences = async (): Promise<readonly string[]> => {
      await eventually('a moment without a half filled order', async () => {
        await exchange.pause();
        const { orders } = await exchange.books();
        if (orders.every(({ status }) => status !== 'partially_filled')) return true;
        await exchange.run(SPEED);
        return false;
      });
      return traded.differences();
    };

    for (let round = 1; round <= ROUNDS; round += 1) {
      await pause(random.next() * LONGEST_WAIT_MS);
      const before = await traded.orderCount();
      gate.drop();
      await pause(random.next() * 500);
      gate.drop();
      await eventually('orders after the connections broke', async () => (await traded.orderCount()) > before + 2, {
        withinMs: 30_000,
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${trader.stderr()}`);
      });
      expect(await differences(), `connections broken, round ${round}, seed ${seed}`).toEqual([]);
      await exchange.run(SPEED);

      await pause(random.next() * LONGEST_WAIT_MS);
      trader.kill('SIGKILL');
      await trader.ended;
      trader = traded.startTrader({ env });
      instance = await traded.tradesAgain(instance).catch((error: Error) => {
        throw new Error(`${error.message}\n${trader.stderr()}`);
      });
      expect(await differences(), `killed, round ${round}, seed ${seed}`).toEqual([]);
      await exchange.run(SPEED);
    }
    const seen = await legs();
    process.stdout.write(`${seen.length} orders equal: ${JSON.stringify(countOf(seen))}\n`);
    // Otherwise nothing rested that could be lost.
    expect(seen.filter((leg) => leg?.startsWith('stop_loss')).length).toBeGreaterThan(0);
    expect(seen.filter((leg) => leg === 'entry filled').length).toBeGreaterThan(10);
  } finally {
    await gate.close();
  }
});

function countOf(names: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name ?? ''] = (counts[name ?? ''] ?? 0) + 1;
  return counts;
}
