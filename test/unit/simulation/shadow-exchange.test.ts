import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createShadowExchange } from '../../../src/core/simulation/shadow-exchange.ts';
import { VENUE_CAPABILITIES } from '../../../src/core/simulation/venue-account.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const symbol = 'BTC/USDT';
const rules = simulatedMarketRules(symbol);
const feeds = [{ symbol, timeframe: '1m' as Timeframe }];

const never = (name: string) => () => {
  throw new Error(`${name} must never reach the live exchange`);
};

/** A live exchange that gives market data, and throws at whatever is about its account. */
function liveStub() {
  let listener: ((message: StreamMessage) => void) | undefined;
  let closed = 0;
  const exchange: Exchange = {
    rules: async () => rules,
    serverTime: async () => epochMillis(77),
    candles: async () => [],
    close: async () => {
      closed += 1;
    },
    capabilities: async () => ({ ...VENUE_CAPABILITIES, pairs: false, requestWindow: false }),
    stream: async (_request, onMessage) => {
      listener = onMessage;
      return { close: async () => undefined };
    },
    balances: never('balances'),
    openOrders: never('openOrders'),
    ordersSince: never('ordersSince'),
    fillsSince: never('fillsSince'),
    order: never('order'),
    transfersSince: never('transfersSince'),
    submit: never('submit'),
    submitPair: never('submitPair'),
    replace: never('replace'),
    cancel: never('cancel'),
  };
  return { exchange, say: (message: StreamMessage) => listener?.(message), closed: () => closed };
}

const top = (bid: string, ask: string, size = '0.5'): StreamMessage => ({
  kind: 'book-top',
  symbol,
  bid: price(bid),
  ask: price(ask),
  bidQuantity: quantity(size),
  askQuantity: quantity(size),
  receivedAt: 5,
});
const trade = (at: number, text: string, size = '0.1'): StreamMessage => ({
  kind: 'trade',
  symbol,
  price: price(text),
  quantity: quantity(size),
  at: epochMillis(at),
  receivedAt: 6,
});

const order = (clientOrderId: string, fields: object = {}): ApprovedOrder =>
  ({
    symbol,
    clientOrderId,
    side: 'buy',
    type: 'market',
    quantity: quantity('0.1'),
    referencePrice: price('40000'),
    ...fields,
  }) as unknown as ApprovedOrder;

async function scene(balances: Readonly<Record<string, string>> = { USDT: '10000' }) {
  const live = liveStub();
  const shadow = createShadowExchange(live.exchange, { rules: [rules], balances });
  const heard: StreamMessage[] = [];
  await shadow.stream({ feeds }, (message) => heard.push(message));
  return { live, shadow, heard };
}

describe('a shadow of a live exchange', () => {
  it('gives its market data, rules and clock', async () => {
    const { live, shadow, heard } = await scene();
    expect(await shadow.serverTime()).toBe(77);
    expect(await shadow.rules(symbol)).toBe(rules);
    expect(await shadow.candles({ symbol, timeframe: '1m' as Timeframe, limit: 1 })).toEqual([]);
    expect(await shadow.capabilities(symbol)).toMatchObject({ pairs: false, requestWindow: true, transfers: true });
    live.say(top('39999', '40001'));
    live.say(trade(1_000, '40000'));
    expect(heard.map(({ kind }) => kind)).toEqual(['book-top', 'trade']);
    await shadow.close();
    expect(live.closed()).toBe(1);
  });

  it('fills orders from the live top, in an account of its own, and sends nothing', async () => {
    const { live, shadow } = await scene();
    expect(await shadow.submit(order('early'))).toMatchObject({ outcome: 'rejected', code: 'NO_MARKET' });
    live.say(trade(1_000, '40000'));
    live.say(top('39999', '40001'));
    const outcome = await shadow.submit(order('mine'));
    expect(outcome).toMatchObject({ outcome: 'acknowledged', report: { status: 'filled', updatedAt: 1_000 } });
    expect(outcome.outcome === 'acknowledged' && outcome.fills[0]?.price.toFixed()).toBe('40001');
    expect((await shadow.balances()).get('USDT')?.free.toFixed()).toBe('5999.9');
    expect((await shadow.balances()).get('BTC')?.free.toFixed()).toBe('0.0999');
    expect(await shadow.fillsSince(symbol, epochMillis(0))).toHaveLength(1);
    expect(await shadow.ordersSince(symbol, epochMillis(0))).toHaveLength(1);
    expect(await shadow.transfersSince(epochMillis(0))).toEqual([]);
  });

  it('has no more to take than the top offers, until the next one comes', async () => {
    const { live, shadow } = await scene({ USDT: '100000' });
    live.say(top('39999', '40001', '0.06'));
    expect(await shadow.submit(order('large'))).toMatchObject({ report: { status: 'expired' } });
    expect(await shadow.submit(order('nothing left'))).toMatchObject({ report: { status: 'expired' }, fills: [] });
    live.say(top('39999', '40001', '0.1'));
    expect(await shadow.submit(order('anew'))).toMatchObject({ report: { status: 'filled' } });
  });

  it('lets resting orders trade as the live market moves, and tells of them before the message that did it', async () => {
    const { live, shadow, heard } = await scene();
    live.say(top('39999', '40001'));
    await shadow.submit(order('dip', { type: 'limit', limitPrice: price('39990') }));
    expect(await shadow.openOrders(symbol)).toHaveLength(1);
    heard.length = 0;
    live.say(trade(2_000, '39989', '0.04'));
    live.say(top('39980', '39990'));
    expect(heard.map(({ kind }) => kind)).toEqual(['fill', 'order', 'trade', 'fill', 'order', 'book-top']);
    expect(await shadow.order(symbol, 'dip')).toMatchObject({ status: 'filled' });
  });

  it('triggers stops by trades and candles, and cancels and replaces within itself', async () => {
    const { live, shadow, heard } = await scene({ BTC: '1' });
    live.say(trade(1_000, '40000'));
    live.say(top('39999', '40001'));
    await shadow.submit(order('stop', { side: 'sell', type: 'stop', stopPrice: price('39900') }));
    expect(
      await shadow.replace('stop', order('stop 2', { side: 'sell', type: 'stop', stopPrice: price('39950') })),
    ).toMatchObject({
      outcome: 'replaced',
    });
    await shadow.submit(order('other', { side: 'sell', type: 'limit', limitPrice: price('41000') }));
    expect(await shadow.cancel(symbol, 'other')).toMatchObject({ outcome: 'cancelled' });
    live.say(top('39940', '39945'));
    const candle = { openTime: epochMillis(0), open: 40_000, high: 40_000, low: 39_940, close: 39_942, volume: 3 };
    live.say({
      kind: 'candle',
      symbol,
      timeframe: feeds[0]!.timeframe,
      candle,
      at: epochMillis(3_000),
      closed: false,
      receivedAt: 7,
    });
    const filled = heard.flatMap((message) => (message.kind === 'fill' ? [message.fill.price.toFixed()] : []));
    expect(filled).toEqual(['39940']);
  });

  it('keeps the live account to itself: its orders, fills and balances are not handed on', async () => {
    const { live, heard } = await scene();
    const report = {
      symbol,
      clientOrderId: 'theirs',
      exchangeOrderId: '1',
      side: 'buy',
      status: 'filled',
      quantity: quantity('1'),
      filled: quantity('1'),
      updatedAt: epochMillis(1),
    } as const;
    live.say({ kind: 'order', report, receivedAt: 1 });
    live.say({ kind: 'balance-change', asset: 'USDT', change: decimal('1'), at: epochMillis(1), receivedAt: 1 });
    live.say({ kind: 'connection', state: 'down', channel: 'market', reason: 'test' });
    live.say(trade(1, '3000'));
    expect(heard.map(({ kind }) => kind)).toEqual(['connection', 'trade']);
  });

  it('has one stream at a time', async () => {
    const { shadow } = await scene();
    await expect(shadow.stream({ feeds }, () => undefined)).rejects.toMatchObject({ code: 'STREAM_TAKEN' });
  });
});
