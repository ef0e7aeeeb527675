import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { BAR, bar, scriptedModel, slot } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { newExchange, startSlotTrader } from '../../support/slot-trader.ts';

/** Enters at its first bar, and stays. */
const holder = () => scriptedModel(() => 0.9);
const protectedBy = (exits: object) => ({ exits: { ...DEFAULT_CONFIG.exits, ...exits } });

async function scene() {
  const exchange = newExchange();
  let deliver: (message: StreamMessage) => void = () => undefined;
  await exchange.stream({ feeds: [{ symbol: 'BTC/USDT', timeframe: '1m' as never }] }, (message) => deliver(message));
  const ledger = createMemoryLedger();
  const listen = (to: (message: StreamMessage) => void) => {
    deliver = to;
  };
  const resting = async () => (await exchange.openOrders('BTC/USDT')).map((order) => order.clientOrderId);
  return { exchange, ledger, listen, resting };
}

/** A trader that holds a position, with what protects it, and is gone. */
async function holding(exits: object = {}) {
  const all = await scene();
  const { exchange, ledger, listen, resting } = all;
  const first = await startSlotTrader(ledger, exchange, listen, { model: holder(), config: protectedBy(exits) });
  exchange.play(bar(1));
  await first.engine.idle();
  await new Promise((resolve) => setImmediate(resolve));
  expect(first.failures).toEqual([]);
  expect(first.engine.account.position.quantity.gt(0)).toBe(true);
  listen(() => undefined);
  return { ...all, first, protection: await resting() };
}

const approved = (leg: 'entry' | 'exit', minute: number, rest: object = {}): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: clientOrderId({ slot, barClose: epochMillis(minute * BAR), leg, attempt: 0, epoch: 1 }),
    side: leg === 'entry' ? 'buy' : 'sell',
    type: 'market',
    quantity: quantity('0.01'),
    referencePrice: price('40000'),
    ...rest,
  }) as unknown as ApprovedOrder;

describe('recovery with what rests on the exchange', () => {
  it('keeps the stop of a position, hands it to the engine, and cancels it never', async () => {
    const { exchange, ledger, listen, protection } = await holding();
    expect(protection).toHaveLength(1);
    const again = await startSlotTrader(ledger, exchange, listen, { model: holder(), config: protectedBy({}) });
    expect(again.recovery).toMatchObject({ outcome: 'ready', settledNow: 0 });
    expect(again.recovery.openOrders).toMatchObject([
      { clientOrderId: protection[0], leg: 'stop_loss', type: 'stop', state: 'acknowledged' },
    ]);
    exchange.play(bar(2));
    await again.engine.idle();
    expect((await exchange.openOrders('BTC/USDT')).map((order) => order.clientOrderId)).toEqual(protection);
    expect(again.failures).toEqual([]);
  });

  it('keeps both orders of a pair, and settles the position when one of them trades afterwards', async () => {
    const { exchange, ledger, listen, protection } = await holding({ takeProfitFraction: 0.02 });
    expect(protection).toHaveLength(2);
    const config = protectedBy({ takeProfitFraction: 0.02 });
    const again = await startSlotTrader(ledger, exchange, listen, { model: holder(), config });
    expect(again.recovery.openOrders.map(({ leg }) => leg).sort()).toEqual(['stop_loss', 'take_profit']);
    exchange.play({ ...bar(2), high: 41_500 });
    await again.engine.idle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(again.failures).toEqual([]);
    listen(() => undefined);
    const end = await startSlotTrader(ledger, exchange, listen, { model: holder(), config });
    expect(end.recovery).toMatchObject({ outcome: 'ready' });
    expect(Number(end.recovery.account.realisedPnl)).toBeGreaterThan(0);
  });

  it('settles a stop that traded while nobody was there, and leaves nothing resting', async () => {
    const { exchange, ledger, listen, protection } = await holding();
    exchange.play({ ...bar(2), low: 30_000, close: 30_000 });
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1, openOrders: [] });
    expect(recovery.account.consecutiveLosses).toBe(1);
    expect((await ledger.get(keys.order(slot, protection[0] as string)))?.value).toMatchObject({ state: 'filled' });
  });

  it('cancels the stop of a position that is gone', async () => {
    const { exchange, ledger, listen, first, resting, protection } = await holding();
    const held = first.engine.account.position.quantity;
    // The stop has its own hold on what was bought: the sale takes what came from elsewhere.
    exchange.transfer('BTC', decimal('1'));
    await exchange.submit(approved('exit', 3, { quantity: quantity(held.round(5, 0)) }));
    const flat = await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    expect(flat.recovery).toMatchObject({ outcome: 'ready', settledNow: 2 });
    expect(protection).toHaveLength(1);
    expect(await resting()).toEqual([]);
  });

  it('cancels a stop that only the exchange knows: nobody can tell its price, and the engine places its own', async () => {
    const { exchange, ledger, listen, resting, protection } = await holding();
    await exchange.cancel('BTC/USDT', protection[0] as string);
    const lost = approved('exit', 3, { type: 'stop', stopPrice: price('30000') });
    const id = clientOrderId({ slot, barClose: epochMillis(3 * BAR), leg: 'stop_loss', attempt: 7, epoch: 1 });
    await exchange.submit({ ...lost, clientOrderId: id });
    const config = protectedBy({});
    const again = await startSlotTrader(ledger, exchange, listen, { model: holder(), config });
    expect(again.recovery).toMatchObject({ outcome: 'ready', openOrders: [] });
    expect(await resting()).not.toContain(id);
    exchange.play(bar(4));
    await again.engine.idle();
    expect(await resting()).toHaveLength(1);
  });

  it('asks for a cancel whose answer was lost, and tries again until the exchange says it is not open', async () => {
    const { exchange, ledger, listen, resting } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    await exchange.submit(approved('entry', 2, { type: 'limit', limitPrice: price('39000') }));
    let cancels = 0;
    const deaf: Exchange = {
      ...exchange,
      cancel: async (symbol, id) => {
        cancels += 1;
        // The first is lost on the way, the answer of the second on the way back.
        if (cancels === 2) await exchange.cancel(symbol, id);
        return { outcome: 'unknown', reason: 'no answer' };
      },
    };
    const { recovery } = await startSlotTrader(ledger, deaf, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect(cancels).toBe(2);
    expect(await resting()).toEqual([]);
  });

  it('does not trade beside an order that cannot be cancelled', async () => {
    const { exchange, ledger, listen } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    const entry = approved('entry', 2, { type: 'limit', limitPrice: price('39000') });
    await exchange.submit(entry);
    const stubborn: Exchange = { ...exchange, cancel: async () => ({ outcome: 'unknown', reason: 'no answer' }) };
    await expect(startSlotTrader(ledger, stubborn, listen)).rejects.toMatchObject({
      code: 'CANCEL_UNCONFIRMED',
      data: { clientOrderId: entry.clientOrderId },
    });
  });

  it('books what a resting entry traded before it was cancelled', async () => {
    const { exchange, ledger, listen } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    await exchange.submit(
      approved('entry', 2, { type: 'limit', limitPrice: price('39990'), quantity: quantity('0.2') }),
    );
    exchange.play({ ...bar(2), low: 39_000 });
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    expect(recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect(recovery.account.position.quantity.gt(0)).toBe(true);
  });

  it('waits for fills that an exchange lists late, before it calls the books wrong', async () => {
    const { exchange, ledger, listen } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    await exchange.submit(approved('entry', 2));
    let asked = 0;
    const late: Exchange = {
      ...exchange,
      fillsSince: async (symbol, since) => {
        asked += 1;
        return asked < 4 ? [] : exchange.fillsSince(symbol, since);
      },
    };
    expect((await startSlotTrader(ledger, late, listen)).recovery).toMatchObject({ outcome: 'ready', settledNow: 1 });
    expect(asked).toBe(4);
  });

  it('names both orders of an exchange that let one client id be used twice, and trades nothing', async () => {
    const { exchange, ledger, listen } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    // Filled at once, so that its id is free again: where ids are unique among open orders only, it can be used again.
    const twice = approved('entry', 2);
    await exchange.submit(twice);
    await exchange.submit(twice);
    const { recovery } = await startSlotTrader(ledger, exchange, listen);
    const ids = (await exchange.ordersSince('BTC/USDT', epochMillis(0))).map((order) => order.exchangeOrderId);
    expect(ids).toHaveLength(2);
    expect(recovery).toMatchObject({
      outcome: 'mismatch',
      reason: `client order id ${twice.clientOrderId} must name one order on the exchange, names ${ids.join(' and ')}`,
    });
    // One of them is in the books, and only one.
    expect(recovery.account.trades).toBe(1);
  });

  it('notices an id that was used again long after its order had ended', async () => {
    const { exchange, ledger, listen } = await scene();
    await startSlotTrader(ledger, exchange, listen);
    listen(() => undefined);
    exchange.play(bar(1));
    const twice = approved('entry', 2);
    await exchange.submit(twice);
    expect((await startSlotTrader(ledger, exchange, listen)).recovery).toMatchObject({ outcome: 'ready' });
    listen(() => undefined);
    await exchange.submit(twice);
    const [first, second] = await exchange.ordersSince('BTC/USDT', epochMillis(0));
    const only: Exchange = {
      ...exchange,
      // The first is older than what is asked for.
      ordersSince: async (symbol, since) => (await exchange.ordersSince(symbol, since)).slice(1),
    };
    expect((await startSlotTrader(ledger, only, listen)).recovery).toMatchObject({
      outcome: 'mismatch',
      reason: expect.stringContaining(`names ${first?.exchangeOrderId} and ${second?.exchangeOrderId}`),
    });
  });
});
