import { describe, expect, it } from 'vitest';
import { shareAccount } from '../../../apps/trader/share-account.ts';
import { shareCommands } from '../../../apps/trader/share-commands.ts';
import { shareExchange } from '../../../apps/trader/share-exchange.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { linesOf, parseSlotId, type SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { slotTag } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { parseAccount } from '../../../src/core/trading/slot-account.ts';
import { halt, readTradingState } from '../../../src/core/trading/trading-state.ts';
import { traderScene } from './support/trader-scene.ts';

const BTC = 'paper:trend:BTC/USDT:1m' as SlotId;
const ETH = 'paper:trend:ETH/USDT:1m' as SlotId;
const PAIR = 'paper:trend:BTC/USDT+ETH/USDT:1m' as SlotId;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const PRICES = { 'BTC/USDT': 40_000, 'ETH/USDT': 2_000 };

const byHand = (rest: object = {}): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: 'by-hand',
    side: 'buy',
    type: 'market',
    quantity: quantity('0.01'),
    referencePrice: price('40000'),
    ...rest,
  }) as unknown as ApprovedOrder;

type Scene = Awaited<ReturnType<typeof traderScene>>;

async function configure({ ledger }: Scene, patch: object): Promise<void> {
  await updateConfig({ id: 'config', user: 'ada', now: epochMillis(1), sessionId: 's', patch }, { ledger });
}

const accountOf = async ({ ledger }: Scene, line: SlotId) =>
  parseAccount((await ledger.get(keys.account(line)))?.value ?? {});

/** Started and trading; the first bar is there. */
async function started(scene: Scene, slot: SlotId, ...rest: [object?, object?]) {
  const trader = await scene.start(slot, ...rest);
  await scene.pass(2_000);
  expect(await trader.ready).toBe('ready');
  return trader;
}

describe('a slot of several symbols', () => {
  it('trades each under its own line, with its share of the budget, and adds up to what the exchange has', async () => {
    const scene = await traderScene(SYMBOLS, [PAIR]);
    await scene.play(1, PRICES);
    const trader = await started(scene, PAIR);
    for (let index = 2; index < 7; index += 1) await scene.play(index, PRICES);
    const [btc, eth] = linesOf(PAIR) as [SlotId, SlotId];
    for (const line of [btc, eth]) {
      const symbol = parseSlotId(line).symbols[0] as string;
      const orders = await scene.ordersOf(symbol);
      expect(orders.length).toBeGreaterThan(3);
      for (const { clientOrderId } of orders) expect(clientOrderId).toContain(`ar-${slotTag(line)}-`);
      const bought = Number(orders[0]?.quantity) * PRICES[symbol as keyof typeof PRICES];
      expect(bought).toBeGreaterThan(4_500);
      expect(bought).toBeLessThan(5_000);
    }
    const [one, other] = [await accountOf(scene, btc), await accountOf(scene, eth)];
    const sum = [one, other].reduce(
      (all, { baseline, quoteFlow }) => all.plus(baseline.quote).plus(quoteFlow),
      decimal('0'),
    );
    const held = (await scene.exchange.balances()).get('USDT');
    expect(sum.toFixed()).toBe(held?.free.plus(held.locked).toFixed());
    const beat = (await scene.ledger.get(keys.heartbeat(PAIR)))?.value;
    expect(beat).toMatchObject({ state: 'ACTIVE', candles: 10, decisions: 10, lines: { [btc]: {}, [eth]: {} } });
    trader.stop();
    await scene.pass(3_000);
    expect(await trader.ended).toBe('in order');
  });
});

describe('two slots in one process', () => {
  it('share one stream and one queue; each is halted for itself', async () => {
    const scene = await traderScene(SYMBOLS, [BTC, ETH]);
    await scene.play(1, PRICES);
    const feeds = SYMBOLS.map((symbol) => ({ symbol, timeframe: scene.timeframe }));
    const exchange = shareExchange(scene.live, feeds, 2);
    const [one, other] = shareCommands(scene.queue, 2);
    const shared = shareAccount([BTC, ETH]);
    await configure(scene, { strategy: { quoteBudget: '4000' } });
    const btc = await scene.start(BTC, { shared }, { exchange, commandQueue: one as never });
    const eth = await scene.start(ETH, { shared }, { exchange, commandQueue: other as never });
    await scene.pass(8_000);
    expect([await btc.ready, await eth.ready]).toEqual(['ready', 'ready']);
    for (let index = 2; index < 4; index += 1) await scene.play(index, PRICES);
    await halt(
      { id: 'h', user: 'ada', now: epochMillis(1), sessionId: 's', slot: ETH, reason: 'test' },
      { ledger: scene.ledger },
    );
    await scene.pass(1_000);
    const before = [(await scene.ordersOf('BTC/USDT')).length, (await scene.ordersOf('ETH/USDT')).length];
    for (let index = 4; index < 8; index += 1) await scene.play(index, PRICES);
    expect((await scene.ordersOf('BTC/USDT')).length).toBeGreaterThan(before[0] as number);
    expect((await scene.ordersOf('ETH/USDT')).length).toBe(before[1]);
    btc.stop();
    eth.stop();
    await scene.pass(3_000);
    expect([await btc.ended, await eth.ended]).toEqual(['in order', 'in order']);
  });

  it('that share an asset are refused at start, with both names', async () => {
    const scene = await traderScene(SYMBOLS, [BTC, PAIR]);
    const trader = await scene.start(BTC, { shared: shareAccount([BTC, PAIR]) });
    expect(await trader.ended).toContain(`${BTC} and ${PAIR} do with BTC`);
  });

  it('of different processes that share an asset are refused too, while the other lives', async () => {
    const scene = await traderScene(SYMBOLS, [BTC, PAIR]);
    await scene.play(1, PRICES);
    await started(scene, PAIR);
    const second = await scene.start(BTC);
    await scene.pass(12_000);
    expect(await second.ended).toContain(`${BTC} and ${PAIR} do with BTC`);
    expect((await scene.ledger.get(keys.lease(BTC)))?.value.owner).toBeNull();
  });
});

describe('books that differ from the exchange while it trades', () => {
  it('halt the slot at the second look, not at the first, and no order follows', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, { reconciliation: { everySeconds: 10 } });
    await scene.play(1, PRICES);
    await started(scene, BTC);
    await scene.play(2, PRICES);
    await scene.exchange.submit(byHand());
    await scene.pass(10_000);
    expect((await readTradingState(scene.ledger, BTC)).state).toBe('ACTIVE');
    await scene.pass(11_000);
    const state = await readTradingState(scene.ledger, BTC);
    expect(state).toMatchObject({
      state: 'HALTED',
      by: 'trader',
      reason: expect.stringContaining('balance of BTC must be'),
    });
    expect(scene.ledger.events.map(({ detailType }) => detailType)).toEqual(
      expect.arrayContaining(['TradingHalted', 'SystemError']),
    );
    const orders = (await scene.ordersOf('BTC/USDT')).length;
    for (let index = 3; index < 7; index += 1) await scene.play(index, PRICES);
    expect((await scene.ordersOf('BTC/USDT')).length).toBe(orders);
  });

  it('by a deposit are put right at once, and nobody is halted', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, { reconciliation: { everySeconds: 10 } });
    await scene.play(1, PRICES);
    await started(scene, BTC);
    scene.exchange.transfer('USDT', decimal('77'));
    await scene.pass(25_000);
    expect((await readTradingState(scene.ledger, BTC)).state).toBe('ACTIVE');
    expect((await accountOf(scene, BTC)).baseline.quote.toFixed()).toBe('10077');
    expect((await scene.ledger.get(keys.heartbeat(BTC)))?.value).toMatchObject({ transfers: 1, foreignOrders: 0 });
  });

  it('count an order of somebody else, and leave it', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, { reconciliation: { everySeconds: 10 } });
    await scene.play(1, PRICES);
    await started(scene, BTC);
    await scene.exchange.submit(byHand({ type: 'limit', limitPrice: price('30000') }));
    await scene.pass(25_000);
    expect((await scene.ledger.get(keys.heartbeat(BTC)))?.value).toMatchObject({ foreignOrders: 1, state: 'ACTIVE' });
    expect(await scene.exchange.openOrders('BTC/USDT')).toHaveLength(1);
  });
});

describe('a trader that is told to stop', () => {
  it('leaves no position without its stop: what an entry has bought so far is protected before it ends', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, {
      entry: { type: 'limit', timeInForce: 'gtc', expiryMs: 3_600_000, repriceAfterMs: 3_600_000 },
    });
    await scene.play(1, PRICES);
    const trader = await started(scene, BTC);
    // A book that has only a part of what is wanted.
    const open = { openTime: epochMillis(120_000), open: 40_000, high: 40_005, low: 39_995, close: 40_000, volume: 10 };
    scene.exchange.playAll(new Map([['BTC/USDT', open]]));
    await scene.settle();
    await scene.pass(1_000);
    const resting = async () =>
      (await scene.exchange.openOrders('BTC/USDT')).map(({ side, status }) => `${side} ${status}`);
    expect(await resting()).toEqual(['buy partially_filled']);
    trader.stop();
    await scene.pass(3_000);
    expect(await trader.ended).toBe('in order');
    expect(await resting()).toEqual(['sell new']);
  });
});

describe('a trader that cannot go on', () => {
  it('cancels its resting entries before it ends, when the ledger is gone for longer than its lease', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, {
      entry: { type: 'limit', timeInForce: 'gtc', expiryMs: 3_600_000, repriceAfterMs: 3_600_000 },
    });
    // A book so thin that a limit rests.
    await scene.play(1, PRICES);
    const trader = await started(scene, BTC);
    const resting = async () => (await scene.exchange.openOrders('BTC/USDT')).filter(({ side }) => side === 'buy');
    scene.exchange.playAll(
      new Map([
        [
          'BTC/USDT',
          { openTime: epochMillis(120_000), open: 40_000, high: 40_005, low: 39_995, close: 40_000, volume: 0 },
        ],
      ]),
    );
    await scene.settle();
    await scene.pass(1_000);
    expect(await resting()).toHaveLength(1);
    const down = () => Promise.reject(new Error('the ledger is down'));
    scene.ledger.commit = down;
    scene.ledger.append = down;
    await scene.pass(15_000);
    expect(await trader.ended).toContain('lease');
    expect(await resting()).toEqual([]);
  });

  it('halts its slot when the market says nothing any more', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await configure(scene, { risk: { haltAfterDataSilenceMs: 60_000 } });
    await scene.play(1, PRICES);
    await started(scene, BTC);
    await scene.play(2, PRICES);
    await scene.pass(50_000);
    expect((await readTradingState(scene.ledger, BTC)).state).toBe('ACTIVE');
    await scene.pass(15_000);
    expect(await readTradingState(scene.ledger, BTC)).toMatchObject({ state: 'HALTED', by: 'trader' });
  });

  it('does not start live where a delayed order could appear at any time', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await scene.play(1, PRICES);
    const capabilities = async (symbol: string) => ({
      ...(await scene.exchange.capabilities(symbol)),
      requestWindow: false,
    });
    const trader = await scene.start(BTC, { mode: 'live' }, { exchange: { ...scene.live, capabilities } });
    await scene.pass(1_000);
    expect(await trader.ended).toContain('ARES_MODE must not be "live"');
  });
});

describe('a trader that waits for a lease', () => {
  it('says how long, in its log and by a heartbeat once the one before is silent', async () => {
    const scene = await traderScene(SYMBOLS, [BTC]);
    await scene.ledger.commit({
      token: 'dead',
      writes: [{ kind: 'put', key: keys.lease(BTC), expected: 'absent', value: { owner: 'dead', epoch: 1 } }],
      audit: [],
      events: [],
    });
    const trader = await scene.start(BTC);
    await scene.pass(4_000);
    const beat = (await scene.ledger.get(keys.heartbeat(BTC)))?.value;
    expect(beat).toMatchObject({ state: 'WAITING' });
    expect(Number(beat?.leaseWaitMs)).toBeLessThan(8_000);
    expect(scene.log.lines.filter(({ message }) => message === 'waiting for the lease')).not.toEqual([]);
    await scene.play(1, PRICES);
    await scene.pass(12_000);
    expect(await trader.ready).toBe('ready');
  });
});
