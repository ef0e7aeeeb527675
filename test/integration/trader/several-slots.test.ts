import { join } from 'node:path';
import { expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { linesOf, parseSlotId, type SlotId } from '../../../src/core/models/slot.ts';
import { parseClientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { parseAccount } from '../../../src/core/trading/slot-account.ts';
import { writeCandleSlice } from '../../support/candle-slice.ts';
import { eventually } from '../../support/eventually.ts';
import { startExchangeProcess } from '../../support/exchange-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openSlotOn, openTradedSlot } from '../../support/traded-slot.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
/** Beside the slot of the first symbol: two symbols, another strategy, the same account. */
const SECOND = 'binance:swing:ETH/USDT+SOL/USDT:1m' as SlotId;

const BOOKED = { stream: 'trading', eventType: 'TransferBooked', limit: 10 } as const;

test('one process trades two slots with three markets over one connection, and their books add up to the account', async () => {
  const directory = temporaryDirectory();
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 8_000);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: 2_000, symbols: SYMBOLS });
  const first = await openSlotOn(exchange, join(directory, 'data'));
  const second = await openTradedSlot(join(directory, 'data'), SECOND);
  const lines = [...linesOf(first.slot), ...linesOf(SECOND)];
  const trader = first.startTrader({
    env: { ARES_SLOT: `${first.slot},${SECOND}`, ARES_LEASE_TTL_MS: '6000' },
  });
  const ordersOf = async (line: SlotId) =>
    (await exchange.books()).orders.filter(({ clientOrderId }) => parseClientOrderId(line, clientOrderId));
  await exchange.run(300);
  await first.tradesAgain().catch((error: Error) => {
    throw new Error(`${error.message}\n${trader.stderr()}${trader.stdout()}`);
  });
  for (const line of lines) {
    await eventually(`orders of ${line}`, async () => (await ordersOf(line)).length >= 3).catch((error: Error) => {
      throw new Error(`${error.message}\n${trader.stderr()}${trader.stdout()}`);
    });
  }
  expect(await second.heartbeat()).toMatchObject({ state: 'ACTIVE', lines: { [linesOf(SECOND)[1] as string]: {} } });
  // Money comes while both trade: one line books it, and nobody is halted.
  await exchange.control('transfer', { asset: 'USDT', amount: '123.45' });
  const booked = async () => (await queryAudit(first.ledger, BOOKED)).entries;
  await eventually('the deposit in the books', async () => (await booked()).length > 0).catch((error: Error) => {
    throw new Error(`${error.message}\n${trader.stderr()}${trader.stdout()}`);
  });
  expect(await booked()).toMatchObject([{ details: { asset: 'USDT', amount: '123.45' } }]);
  for (const { heartbeat } of [first, second]) expect(await heartbeat()).toMatchObject({ state: 'ACTIVE' });
  await exchange.pause();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  trader.kill('SIGTERM');
  expect(await trader.ended, trader.stderr()).toBe(0);

  const { balances } = await exchange.books();
  const held = (asset: string) => decimal(balances[asset]?.free ?? '0').plus(balances[asset]?.locked ?? '0');
  let quote = decimal('0');
  for (const line of lines) {
    const { baseline, quoteFlow, position } = parseAccount((await first.ledger.get(keys.account(line)))?.value ?? {});
    const base = (parseSlotId(line).symbols[0] as string).split('/')[0] as string;
    expect(baseline.base.plus(position.quantity).toFixed(), base).toBe(held(base).toFixed());
    quote = quote.plus(baseline.quote).plus(quoteFlow);
  }
  expect(quote.toFixed()).toBe(held('USDT').toFixed());
  // Nothing that enters is left behind by a trader that ends in order.
  const resting = (await exchange.books()).orders.filter(({ status }) => status === 'new');
  expect(resting.filter(({ side }) => side === 'buy')).toEqual([]);
});
