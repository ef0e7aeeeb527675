import { describe, expect, it } from 'vitest';
import { reconcileBooks } from '../../../apps/trader/reconcile-books.ts';
import type { Line } from '../../../apps/trader/start-line.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, OrderReport } from '../../../src/core/ports/exchange.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import type { EngineMessage } from '../../../src/core/trading/engine-message.ts';
import { decimal, quantity, ZERO } from '../../../src/core/trading/money.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { openAccount } from '../../../src/core/trading/slot-account.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

const SLOT = 'main:trend:BTC/USDT:1m' as SlotId;
const ID = clientOrderId({ slot: SLOT, barClose: epochMillis(60_000), leg: 'stop_loss', attempt: 0, epoch: 1 });
const report: OrderReport = {
  symbol: 'BTC/USDT',
  clientOrderId: ID,
  exchangeOrderId: '7',
  side: 'sell',
  status: 'cancelled',
  quantity: quantity('1'),
  filled: quantity('0'),
  updatedAt: epochMillis(61_000),
};
const resting = {
  clientOrderId: ID,
  exchangeOrderId: '7',
  barClose: epochMillis(60_000),
  state: 'acknowledged',
  filled: quantity('0'),
  fills: new Map(),
} as unknown as OwnOrder;

/** Lines whose open orders and whose account's balance a test sets. */
function watch(ids: readonly SlotId[]) {
  const time = createVirtualTime();
  const heard: EngineMessage[] = [];
  const mismatches: (readonly string[])[] = [];
  const looks: number[] = [];
  const state = { open: [] as readonly OwnOrder[], usdt: '100', down: false };
  const account = openAccount({ base: ZERO, quote: decimal('100') }, decimal('100'));
  const lines = ids.map(
    (id) =>
      ({
        id,
        symbol: 'BTC/USDT',
        rules: { symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT' },
        engine: {
          snapshot: () => ({ account, openOrders: state.open, revision: 1 }),
          accept: (message: EngineMessage) => {
            heard.push(message);
            state.open = [];
          },
        },
      }) as unknown as Line,
  );
  const exchange = {
    serverTime: async () => {
      looks.push(time.monotonic.now());
      if (state.down) throw new Error('the exchange is down');
      return epochMillis(120_000);
    },
    candles: async () => [],
    openOrders: async () => [],
    ordersSince: async () => [],
    fillsSince: async () => [],
    transfersSince: async () => [],
    order: async () => report,
    balances: async () => new Map([['USDT', { free: decimal(state.usdt), locked: ZERO }]]),
  } as unknown as Exchange;
  const books = reconcileBooks(
    {
      lines,
      guard: () => ({ kind: 'check', key: { table: 'state', pk: 'a', sk: 'b' }, expected: 'absent' }),
      accountSlots: ids,
      foreignOrders: 0,
      everyMs: () => 60_000,
      since: epochMillis(0),
      onMismatch: async (_, findings) => void mismatches.push(findings),
      onFatal: (error) => {
        throw error;
      },
    },
    { exchange, ledger: createMemoryLedger(), monotonic: time.monotonic, timers: time.timers, log: recordingLog() },
  );
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      await time.pass(250);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { state, books, looks, heard, mismatches, pass };
}

describe('books compared while they trade', () => {
  it('that differed before news came, and differ after it, have differed once', async () => {
    const { state, heard, mismatches, pass } = watch([SLOT]);
    state.usdt = '99';
    await pass(61_000);
    state.open = [resting];
    await pass(62_000);
    expect(heard).toMatchObject([{ kind: 'order', report: { status: 'cancelled' } }]);
    expect(mismatches).toEqual([]);
    await pass(62_000);
    expect(mismatches).toEqual([[expect.stringContaining('balance of USDT must be 100, was 99')]]);
  });

  it('of many lines leave most of what the exchange allows in a minute to orders', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `main:trend${at}:BTC/USDT:1m` as SlotId);
    const { state, looks, pass } = watch(ids);
    state.open = [resting];
    state.down = true;
    await pass(225_000);
    const weight = 120 + 8 * 19;
    for (let from = 60_000; from <= 165_000; from += 5_000) {
      const inMinute = looks.filter((at) => at >= from && at < from + 60_000).length;
      expect(inMinute * weight).toBeLessThanOrEqual(3_000);
      expect(inMinute).toBeGreaterThan(3);
    }
  });

  it('of a few lines are all looked at in one go', async () => {
    const { looks, pass } = watch(['main:a:BTC/USDT:1m', 'main:b:BTC/USDT:1m', 'main:c:BTC/USDT:1m'] as SlotId[]);
    await pass(61_000);
    expect(looks.length).toBeGreaterThanOrEqual(3);
    expect(new Set(looks).size).toBeLessThanOrEqual(2);
  });
});
