import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import type { SimulatedExchange } from '../../../src/core/simulation/simulated-exchange.ts';
import { engineSettings } from '../../../src/core/trading/engine-settings.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { openAccount } from '../../../src/core/trading/slot-account.ts';
import { BAR, bar, CAPABILITIES, type Harness, scriptedModel, startEngine } from '../../support/engine-harness.ts';

type Options = NonNullable<Parameters<typeof startEngine>[0]>;

/** Buys at the first bar, then does what the script says; exits as `exits` has them. */
const protectedBy = (exits: Partial<LiveConfig['exits']>, options: Options = {}, script: number[] = [0.9]) =>
  startEngine({
    model: scriptedModel((n) => script[n] ?? 0.515),
    config: { exits: { ...DEFAULT_CONFIG.exits, ...exits } },
    ...options,
  });

const swing = (index: number, low: number, high: number, close: number): Candle => ({
  openTime: epochMillis(index * BAR),
  open: close,
  low,
  high,
  close,
  volume: 30,
});

const resting = ({ engine }: Harness) =>
  engine.snapshot().openOrders.map(({ leg, type, state, quantity: size, limitPrice, stopPrice }) => ({
    leg,
    type,
    state,
    size: size.toFixed(),
    at: (stopPrice ?? limitPrice)?.toFixed(),
  }));
const ended = ({ settled }: Harness) => settled.map(({ order }) => `${order.leg} ${order.state}`);
const heldOn = async (exchange: SimulatedExchange) => {
  const balance = (await exchange.balances()).get('BTC');
  return balance ? balance.free.plus(balance.locked).toFixed() : '0';
};
/** The books are the exchange's, to the last digit. */
const expectSameBooks = async ({ engine, exchange }: Harness) => {
  expect(engine.account.position.quantity.toFixed()).toBe(await heldOn(exchange));
  const quote = (await exchange.balances()).get('USDT');
  expect(engine.account.quoteFlow.plus('10000').toFixed()).toBe(quote?.free.plus(quote.locked).toFixed());
};

describe('a position on an exchange that can hold stops', () => {
  it('has a stop resting there as soon as it is entered, for all that can be sold', async () => {
    const harness = await protectedBy({});
    await harness.play(bar(1));
    const [stop] = resting(harness);
    expect(resting(harness)).toHaveLength(1);
    expect(stop).toMatchObject({ leg: 'stop_loss', type: 'stop', state: 'acknowledged' });
    expect(Number(stop?.size)).toBeCloseTo(Number(await heldOn(harness.exchange)), 5);
    expect(Number(stop?.at)).toBeCloseTo(36_036, -2);
    await expectSameBooks(harness);
  });

  it('is left by that stop when the market falls, without the engine', async () => {
    const harness = await protectedBy({});
    await harness.play(bar(1));
    await harness.play(swing(2, 35_000, 40_000, 36_500));
    expect(ended(harness)).toEqual(['entry filled', 'stop_loss filled']);
    expect(resting(harness)).toEqual([]);
    expect(harness.engine.account.holding).toBeNull();
    expect(harness.decisions[1]).toMatchObject({ action: 'none' });
    await expectSameBooks(harness);
  });

  it('is sold at a signal only when the stop is out of the way, and no stop stays behind', async () => {
    const harness = await protectedBy({}, { capabilities: { ...CAPABILITIES, replace: false } }, [0.9, 0.1]);
    await harness.play(bar(1));
    await harness.play(bar(2, 40_100));
    expect(ended(harness)).toEqual(['entry filled', 'stop_loss cancelled', 'exit filled']);
    expect(await harness.exchange.openOrders('BTC/USDT')).toEqual([]);
    expect(harness.settled.at(-1)?.order.clientOrderId).toBe(harness.decisions[1]?.clientOrderId);
    await expectSameBooks(harness);
  });

  it('is sold in place of its stop where one request can do both', async () => {
    const cancels: string[] = [];
    const harness = await protectedBy(
      {},
      {
        tamper: (venue) => ({
          cancel: (symbol, id) => {
            cancels.push(id);
            return venue.cancel(symbol, id);
          },
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    await harness.play(bar(2, 40_100));
    expect(ended(harness).sort()).toEqual(['entry filled', 'exit filled', 'stop_loss cancelled']);
    expect(cancels).toEqual([]);
    expect(await harness.exchange.openOrders('BTC/USDT')).toEqual([]);
    await expectSameBooks(harness);
  });

  it('rests as a pair where take-profit is wanted too, and whichever trades ends the other', async () => {
    const harness = await protectedBy({ takeProfitFraction: 0.05 });
    await harness.play(bar(1));
    expect(resting(harness).map(({ leg, type }) => [leg, type])).toEqual([
      ['stop_loss', 'stop'],
      ['take_profit', 'post_only'],
    ]);
    await harness.play(swing(2, 39_900, 43_000, 42_000));
    await harness.play(bar(3, 42_000));
    expect(ended(harness).sort()).toEqual(['entry filled', 'stop_loss expired', 'take_profit filled']);
    expect(await harness.exchange.openOrders('BTC/USDT')).toEqual([]);
    expect(harness.engine.account.holding).toBeNull();
    await expectSameBooks(harness);
  });

  it('is sold at a signal after both of a pair are out of the way', async () => {
    const harness = await protectedBy({ takeProfitFraction: 0.05 }, {}, [0.9, 0.1]);
    await harness.play(bar(1));
    await harness.play(bar(2, 40_100));
    expect(ended(harness).at(-1)).toBe('exit filled');
    expect(await harness.exchange.openOrders('BTC/USDT')).toEqual([]);
    await expectSameBooks(harness);
  });

  it('has its stop moved up behind a rising market at bar closes, not for every tick, and never down', async () => {
    const harness = await protectedBy({ stopLossFraction: 0.2, trailingStopFraction: 0.1 });
    await harness.play(bar(1));
    const at = () => Number(resting(harness)[0]?.at);
    const first = at();
    await harness.play(bar(2, 40_020));
    expect(at()).toBe(first);
    await harness.play(bar(3, 42_000));
    expect(at()).toBeCloseTo(42_005 * 0.9, 1);
    const raised = at();
    await harness.play(bar(4, 39_000));
    await harness.play(bar(5, 39_500));
    expect(at()).toBe(raised);
    expect(resting(harness)).toHaveLength(1);
    await harness.play(swing(6, 37_000, 39_500, 37_500));
    expect(harness.engine.account.holding).toBeNull();
    await expectSameBooks(harness);
  });

  it('keeps its stop through a halt, and loses it with the position', async () => {
    const harness = await protectedBy({}, {}, [0.9, 0.1, 0.1]);
    await harness.play(bar(1));
    harness.engine.accept({ kind: 'mode', mode: 'HALTED' });
    await harness.play(bar(2));
    expect(harness.decisions[1]?.reason).toMatch(/^halted/);
    expect(resting(harness)).toMatchObject([{ leg: 'stop_loss', state: 'acknowledged' }]);
    harness.engine.accept({ kind: 'mode', mode: 'REDUCING' });
    await harness.play(bar(3));
    expect(resting(harness)).toEqual([]);
    await expectSameBooks(harness);
  });

  it('is protected anew when settings change, to a looser price too', async () => {
    const harness = await protectedBy({});
    await harness.play(bar(1));
    const exits = { ...DEFAULT_CONFIG.exits, stopLossFraction: 0.2 };
    harness.engine.accept({ kind: 'settings', settings: engineSettings({ ...DEFAULT_CONFIG, exits }) });
    await harness.engine.idle();
    expect(Number(resting(harness)[0]?.at)).toBeCloseTo(32_032, -2);
    const off = { ...exits, protection: 'engine' as const };
    harness.engine.accept({ kind: 'settings', settings: engineSettings({ ...DEFAULT_CONFIG, exits: off }) });
    await harness.engine.idle();
    expect(resting(harness)).toEqual([]);
  });
});

describe('a stop that trades while the position is being left', () => {
  it('leaves nothing to sell, and nothing more is sold', async () => {
    let sells = 0;
    const harness = await protectedBy(
      {},
      {
        capabilities: { ...CAPABILITIES, replace: false },
        tamper: (venue) => ({
          submit: (order) => {
            if (order.side === 'sell' && order.type === 'market') sells += 1;
            return venue.submit(order);
          },
          // The market falls through the stop before the cancel arrives.
          cancel: async (symbol, id) => {
            venue.play(swing(3, 35_000, 40_000, 36_500));
            return venue.cancel(symbol, id);
          },
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    await harness.play(bar(2));
    expect(ended(harness)).toEqual(['entry filled', 'stop_loss filled']);
    expect(sells).toBe(0);
    await expectSameBooks(harness);
  });

  it('also when its cancel was not answered: it is asked for first', async () => {
    const harness = await protectedBy(
      {},
      {
        capabilities: { ...CAPABILITIES, replace: false },
        tamper: (venue) => ({
          cancel: async (symbol, id) => {
            await venue.cancel(symbol, id);
            return { outcome: 'unknown', reason: 'timeout' };
          },
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    await harness.play(bar(2));
    expect(ended(harness)).toEqual(['entry filled', 'stop_loss cancelled', 'exit filled']);
    await expectSameBooks(harness);
  });

  it('and a cancel that never arrived is sent again', async () => {
    let lost = 2;
    const harness = await protectedBy(
      {},
      {
        capabilities: { ...CAPABILITIES, replace: false },
        tamper: (venue) => ({
          cancel: async (symbol, id) =>
            lost-- > 0 ? { outcome: 'unknown', reason: 'timeout' } : venue.cancel(symbol, id),
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    await harness.play(bar(2));
    expect(ended(harness)).toEqual(['entry filled', 'stop_loss cancelled', 'exit filled']);
    expect(harness.engine.counters.cancels).toBe(3);
    await expectSameBooks(harness);
  });

  it('and a replacement without an answer is asked for, both of its orders', async () => {
    for (const arrives of [true, false]) {
      const harness = await protectedBy(
        {},
        {
          tamper: (venue) => ({
            replace: async (id, order) => {
              if (arrives) await venue.replace(id, order);
              return { outcome: 'unknown', reason: 'timeout' };
            },
          }),
          recvWindowMs: 0,
        },
        [0.9, 0.1],
      );
      await harness.play(bar(1));
      await harness.play(bar(2));
      // A replacement that did not arrive leaves the position as it was: protected.
      expect(ended(harness).sort()).toEqual(
        arrives ? ['entry filled', 'exit filled', 'stop_loss cancelled'] : ['entry filled', 'exit rejected'],
      );
      expect(resting(harness)).toHaveLength(arrives ? 0 : 1);
      await expectSameBooks(harness);
    }
  });

  it("never sells what is not the line's, in one request or in two", async () => {
    const replaced: string[] = [];
    const harness = await protectedBy(
      {},
      {
        balances: { USDT: '10000', BTC: '5' },
        account: openAccount({ base: decimal('5'), quote: decimal('10000') }, decimal('10000')),
        tamper: (venue) => ({
          replace: (id, order) => {
            replaced.push(id);
            return venue.replace(id, order);
          },
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    await harness.play(bar(2));
    expect(replaced).toEqual([]);
    const dust = harness.engine.account.position.quantity;
    expect(await heldOn(harness.exchange)).toBe(dust.plus('5').toFixed());
    expect(dust.gte(ZERO) && dust.lt('0.00001')).toBe(true);
  });
});

describe('protection that the exchange refuses', () => {
  const refusing = (refused: (type: string) => boolean): Options => ({
    tamper: (venue) => ({
      submit: async (order) =>
        refused(order.type) ? { outcome: 'rejected', code: '-2010', reason: 'stop refused' } : venue.submit(order),
      submitPair: async () => ({ outcome: 'rejected', code: '-2010', reason: 'pair refused' }),
    }),
  });
  const tick = async ({ engine, exchange }: Harness, count: number) => {
    for (let index = 1; index <= count; index += 1) {
      engine.accept({ kind: 'tick', now: exchange.now + index * 1_000 });
      await engine.idle();
    }
  };

  it('is tried a few times, then the engine watches and somebody is told', async () => {
    const harness = await protectedBy(
      {},
      refusing((type) => type === 'stop'),
    );
    await harness.play(bar(1));
    await tick(harness, 20);
    expect(ended(harness)).toEqual(['entry filled', ...Array(3).fill('stop_loss rejected')]);
    expect(new Set(harness.intents.map(({ clientOrderId }) => clientOrderId)).size).toBe(4);
    expect(harness.failures).toMatchObject([{ code: 'PROTECTION_FAILED' }]);
    await harness.play(swing(2, 35_000, 40_000, 36_500));
    expect(harness.decisions[1]).toMatchObject({ action: 'order', side: 'sell', exitCause: 'stop_loss' });
    expect(ended(harness).at(-1)).toBe('exit filled');
    await expectSameBooks(harness);
  });

  it('is tried again a minute later, when what it was refused for may be over', async () => {
    let refuses = true;
    const harness = await protectedBy(
      {},
      refusing((type) => refuses && type === 'stop'),
    );
    await harness.play(bar(1));
    await tick(harness, 20);
    expect(resting(harness)).toEqual([]);
    refuses = false;
    await tick(harness, 30);
    expect(resting(harness)).toEqual([]);
    await tick(harness, 70);
    expect(resting(harness)).toMatchObject([{ leg: 'stop_loss', state: 'acknowledged' }]);
    expect(harness.failures).toHaveLength(1);
    await expectSameBooks(harness);
  });

  it('of a pair falls back to the stop alone, and the engine takes the profit', async () => {
    const harness = await protectedBy(
      { takeProfitFraction: 0.05 },
      refusing(() => false),
    );
    await harness.play(bar(1));
    await tick(harness, 3);
    expect(resting(harness).map(({ leg }) => leg)).toEqual(['stop_loss']);
    expect(harness.failures).toEqual([]);
    await harness.play(bar(2, 43_000));
    expect(harness.settled.at(-1)?.order).toMatchObject({ leg: 'exit', state: 'filled', reason: 'take_profit' });
    expect(harness.engine.account.holding).toBeNull();
    await expectSameBooks(harness);
  });
});

describe('a position that only the engine watches', () => {
  const watched = (exits: Partial<LiveConfig['exits']>, script?: number[]) =>
    protectedBy({ protection: 'engine', ...exits }, {}, script);
  const trade = (at: string, exchange: SimulatedExchange) => ({
    kind: 'trade' as const,
    symbol: 'BTC/USDT',
    price: price(at),
    quantity: quantity('1'),
    at: exchange.now,
    receivedAt: exchange.now,
  });
  const top = (bid: string, ask: string, exchange: SimulatedExchange) => ({
    kind: 'book-top' as const,
    symbol: 'BTC/USDT',
    bid: price(bid),
    ask: price(ask),
    bidQuantity: quantity('1'),
    askQuantity: quantity('1'),
    receivedAt: exchange.now,
  });

  it('is sold when a trade touches its stop, between two bars', async () => {
    const harness = await watched({});
    await harness.play(bar(1));
    expect(resting(harness)).toEqual([]);
    harness.engine.accept(trade('36100', harness.exchange));
    await harness.engine.idle();
    expect(ended(harness)).toEqual(['entry filled']);
    harness.engine.accept(trade('36000', harness.exchange));
    await harness.engine.idle();
    expect(ended(harness)).toEqual(['entry filled', 'exit filled']);
    expect(harness.settled[1]?.order.reason).toBe('stop_loss');
    await expectSameBooks(harness);
  });

  it('is sold when the bid touches its take-profit, and not for a book too wide to say anything', async () => {
    const harness = await watched({ takeProfitFraction: 0.05 });
    await harness.play(bar(1));
    harness.engine.accept(top('100', '41000', harness.exchange));
    await harness.engine.idle();
    harness.engine.accept(top('42000', '42001', harness.exchange));
    await harness.engine.idle();
    expect(ended(harness)).toEqual(['entry filled']);
    harness.engine.accept(top('42050', '42051', harness.exchange));
    await harness.engine.idle();
    expect(ended(harness)).toEqual(['entry filled', 'exit filled']);
  });

  it('is sold after the bars it may be held for', async () => {
    const harness = await watched({ maxHoldingBars: 2 });
    for (const index of [1, 2, 3]) await harness.play(bar(index));
    expect(harness.decisions.map(({ exitCause }) => exitCause)).toEqual([null, null, 'time_limit']);
    expect(harness.engine.account.holding).toBeNull();
  });

  it('is sold without a model too', async () => {
    const harness = await watched({});
    await harness.play(bar(1));
    const silent = await startEngine({
      model: undefined,
      account: harness.engine.account,
      balances: { USDT: '500', BTC: await heldOn(harness.exchange) },
      config: { exits: { ...DEFAULT_CONFIG.exits, protection: 'engine' } },
    });
    await silent.play(swing(2, 35_000, 40_000, 35_500));
    expect(silent.settled).toMatchObject([{ order: { leg: 'exit', state: 'filled', reason: 'stop_loss' } }]);
    expect(silent.engine.account.holding).toBeNull();
  });
});

describe('a stop that rested through a restart', () => {
  it('is taken over, and moved and cancelled as if it were its own', async () => {
    const before = await protectedBy({});
    await before.play(bar(1));
    const { openOrders } = before.engine.snapshot();
    const { account } = before.settled.at(-1) as Harness['settled'][number];
    const venue: Partial<Exchange> = before.exchange;
    const after = await protectedBy(
      {},
      {
        account,
        openOrders,
        fence: { epoch: 2, holds: () => true },
        tamper: () => venue,
        monotonic: { now: () => 3 * BAR },
      },
      [0.1],
    );
    expect(resting(after)).toMatchObject([{ leg: 'stop_loss', state: 'acknowledged' }]);
    const at = before.exchange.now;
    after.engine.accept({
      kind: 'book-top',
      symbol: 'BTC/USDT',
      bid: price('39999'),
      ask: price('40001'),
      bidQuantity: quantity('1'),
      askQuantity: quantity('1'),
      receivedAt: 3 * BAR,
    });
    after.engine.accept({
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m' as Timeframe,
      candle: bar(2),
      at,
      closed: true,
      receivedAt: 3 * BAR,
    });
    await after.engine.idle();
    expect(after.fatal).toEqual([]);
    expect(ended(after).sort()).toEqual(['exit filled', 'stop_loss cancelled']);
    expect(await before.exchange.openOrders('BTC/USDT')).toEqual([]);
    expect(after.engine.account.position.quantity.toFixed()).toBe(await heldOn(before.exchange));
  });
});

describe('a bar that went through a resting stop of which no news has come', () => {
  /** A stop rests, and the stream says nothing of it. */
  async function unheard(exchangeOf: (before: SimulatedExchange) => Partial<Exchange>) {
    const before = await protectedBy({});
    await before.play(bar(1));
    const { openOrders } = before.engine.snapshot();
    const { account } = before.settled.at(-1) as Harness['settled'][number];
    const [stop] = openOrders;
    const after = await protectedBy(
      {},
      {
        account,
        openOrders,
        fence: { epoch: 2, holds: () => true },
        monotonic: { now: () => 0 },
        tamper: () => ({ ...before.exchange, ...exchangeOf(before.exchange) }),
      },
      [0.1],
    );
    after.engine.accept({
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m' as Timeframe,
      candle: swing(2, 35_000, 40_000, 36_500),
      at: epochMillis(3 * BAR),
      closed: true,
      receivedAt: 0,
    });
    await after.engine.idle();
    return { after, before, stop };
  }

  it('is decided with what the exchange says of it', async () => {
    const { after, before } = await unheard((venue) => ({
      order: async (symbol, id) => {
        venue.play(swing(2, 35_000, 40_000, 36_500));
        return venue.order(symbol, id);
      },
    }));
    expect(after.inputs[0]?.position.quantity.lt('0.00001')).toBe(true);
    expect(after.decisions[0]).toMatchObject({ signal: 'flat', action: 'none' });
    expect(ended(after)).toEqual(['stop_loss filled']);
    expect(after.engine.account.position.quantity.toFixed()).toBe(await heldOn(before.exchange));
  });

  it('is decided as nothing when the exchange does not say', async () => {
    const { after, stop } = await unheard(() => ({
      order: async () => {
        throw new Error('503');
      },
    }));
    expect(after.decisions[0]?.reason).toBe(`the exchange did not say what became of order ${stop?.clientOrderId}`);
    expect(resting(after)).toHaveLength(1);
  });
});

describe('a halt', () => {
  it('that leaves a position without its stop is told, once', async () => {
    const answer = Promise.withResolvers<void>();
    const harness = await protectedBy(
      {},
      {
        capabilities: { ...CAPABILITIES, replace: false },
        tamper: (exchange) => ({
          cancel: async (symbol, id) => {
            const outcome = await exchange.cancel(symbol, id);
            await answer.promise;
            return outcome;
          },
        }),
      },
      [0.9, 0.1],
    );
    await harness.play(bar(1));
    // The stop is being taken out of the way of the sale.
    const sale = harness.play(bar(2));
    harness.engine.accept({ kind: 'mode', mode: 'HALTED' });
    expect(harness.failures).toEqual([]);
    answer.resolve();
    await sale;
    await harness.play(bar(3));
    expect(resting(harness)).toEqual([]);
    expect(harness.failures).toMatchObject([
      { code: 'POSITION_UNPROTECTED', message: expect.stringContaining('BTC are held unprotected') },
    ]);
  });

  it('that leaves the stop where it rests has nothing to tell', async () => {
    const harness = await protectedBy({});
    await harness.play(bar(1));
    harness.engine.accept({ kind: 'mode', mode: 'HALTED' });
    await harness.play(bar(2));
    expect(resting(harness)).toMatchObject([{ leg: 'stop_loss', state: 'acknowledged' }]);
    expect(harness.failures).toEqual([]);
  });
});
