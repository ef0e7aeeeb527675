import { describe, expect, it } from 'vitest';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Stream, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair } from '../../../src/core/risk/approved-order.ts';
import { createAccount } from '../../../src/core/simulation/account.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createSimulatedExchange, createSimulatedMarkets } from '../../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../../src/core/simulation/venue.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const BAR = 60_000;
const symbol = 'BTC/USDT';
const request = { feeds: [{ symbol, timeframe: '1m' as Timeframe }] };
const rules = simulatedMarketRules(symbol);

const bar = (index: number, close = 40_000, volume = 30): Candle => ({
  openTime: epochMillis(index * BAR),
  open: close,
  high: close + 5,
  low: close - 5,
  close,
  volume,
});

const order = (clientOrderId: string, side: 'buy' | 'sell' = 'buy', amount = '0.01'): ApprovedOrder =>
  ({
    symbol,
    clientOrderId,
    side,
    type: 'market',
    quantity: quantity(amount),
    referencePrice: price('40000'),
  }) as unknown as ApprovedOrder;

function scene(history: readonly Candle[] = [], usdt = '10000') {
  const venue = createVenue(rules, emptyVenue({ USDT: usdt }));
  const exchange = createSimulatedExchange(venue, BAR, history);
  return { venue, exchange };
}

/** A scene with a limit order that rests below the market, placed past the exchange. */
function withRestingOrder() {
  const { venue, exchange } = scene();
  exchange.play(bar(1));
  const placed = venue.place(
    {
      clientOrderId: 'resting',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: decimal('0.01'),
      price: decimal('39000'),
    },
    exchange.now,
  );
  expect(placed.outcome).toBe('accepted');
  return exchange;
}

describe('an exchange inside the process', () => {
  it('plays a bar as the book top after it and then the closed bar, both at its close', async () => {
    const { exchange } = scene();
    const heard: StreamMessage[] = [];
    await exchange.stream(request, (message) => heard.push(message));
    expect(exchange.now).toBe(0);
    exchange.play(bar(3));
    expect(exchange.now).toBe(4 * BAR);
    expect(await exchange.serverTime()).toBe(exchange.now);
    expect(heard).toMatchObject([
      { kind: 'book-top', symbol, receivedAt: exchange.now },
      { kind: 'candle', symbol, timeframe: '1m', candle: bar(3), at: 4 * BAR, closed: true, receivedAt: exchange.now },
    ]);
    const [top] = heard;
    expect(top?.kind === 'book-top' && [Number(top.bid), Number(top.ask)]).toEqual([39_999.6, 40_000.4]);
  });

  it('has no book top to tell where nothing is bid, but tells the bar', async () => {
    const { exchange } = scene();
    const heard: string[] = [];
    await exchange.stream(request, ({ kind }) => heard.push(kind));
    exchange.play({ ...bar(1, 0.01), low: 0.01 });
    expect(heard).toEqual(['candle']);
  });

  it('plays on when nobody listens, and has one listener at a time', async () => {
    const { exchange } = scene();
    const heard: string[] = [];
    exchange.play(bar(1));
    const stream: Stream = await exchange.stream(request, ({ kind }) => heard.push(`first ${kind}`));
    await expect(exchange.stream(request, () => undefined)).rejects.toMatchObject({ code: 'STREAM_TAKEN' });
    await stream.close();
    exchange.play(bar(2));
    expect(heard).toEqual([]);
    await exchange.stream(request, ({ kind }) => heard.push(`second ${kind}`));
    exchange.play(bar(3));
    expect(heard).toEqual(['second book-top', 'second candle']);
    await exchange.close();
  });

  it('gives history and played bars: the newest, or those from a time on', async () => {
    const { exchange } = scene([bar(1), bar(2)]);
    exchange.play(bar(3));
    const opened = async (limit: number, since?: number) => {
      const asked = { symbol, timeframe: '1m' as Timeframe, limit };
      const candles = await exchange.candles(since === undefined ? asked : { ...asked, since: epochMillis(since) });
      return candles.map(({ openTime }) => openTime / BAR);
    };
    expect(await opened(10)).toEqual([1, 2, 3]);
    expect(await opened(2)).toEqual([2, 3]);
    expect(await opened(10, 2 * BAR)).toEqual([2, 3]);
    expect(await opened(1, 2 * BAR)).toEqual([2]);
    expect(await exchange.rules(symbol)).toBe(rules);
  });

  it('stands at the last close of its history before anything is played', async () => {
    const { exchange } = scene([bar(1), bar(2, 39_000)]);
    expect(exchange.now).toBe(3 * BAR);
    const outcome = await exchange.submit(order('at once'));
    expect(outcome.outcome === 'acknowledged' && outcome.fills[0]?.price.toFixed()).toBe('39000.39');
  });

  it('acknowledges an order with its fills, and knows it afterwards by its id and by time', async () => {
    const { exchange } = scene();
    exchange.play(bar(1));
    const outcome = await exchange.submit(order('mine'));
    expect(outcome).toMatchObject({
      outcome: 'acknowledged',
      report: {
        symbol,
        clientOrderId: 'mine',
        exchangeOrderId: '1',
        side: 'buy',
        status: 'filled',
        updatedAt: 2 * BAR,
      },
      fills: [{ symbol, tradeId: '1', exchangeOrderId: '1', clientOrderId: 'mine', side: 'buy', feeAsset: 'BTC' }],
    });
    if (outcome.outcome !== 'acknowledged') return;
    expect(outcome.report.filled.toFixed()).toBe('0.01');
    expect(outcome.fills[0]?.price.toFixed()).toBe('40000.4');
    expect(outcome.fills[0]?.quantity.toFixed()).toBe('0.01');
    expect(outcome.fills[0]?.fee.toFixed()).toBe('0.00001');
    expect(outcome.fills[0]?.executedAt).toBe(2 * BAR);
    expect(await exchange.order(symbol, 'mine')).toEqual(outcome.report);
    expect(await exchange.order(symbol, 'another')).toBeUndefined();
    expect(await exchange.ordersSince(symbol, epochMillis(2 * BAR))).toEqual([outcome.report]);
    expect(await exchange.ordersSince(symbol, epochMillis(2 * BAR + 1))).toEqual([]);
    expect(await exchange.fillsSince(symbol, epochMillis(2 * BAR))).toEqual(outcome.fills);
    expect(await exchange.fillsSince(symbol, epochMillis(2 * BAR + 1))).toEqual([]);
    expect(await exchange.openOrders(symbol)).toEqual([]);
    expect((await exchange.balances()).get('BTC')?.free.toFixed()).toBe('0.00999');
  });

  it('says how an order ended that the book could not fill', async () => {
    const { exchange } = scene([], '10000000');
    exchange.play(bar(1));
    const outcome = await exchange.submit(order('large', 'buy', '5'));
    expect(outcome).toMatchObject({ outcome: 'acknowledged', report: { status: 'expired' } });
    if (outcome.outcome !== 'acknowledged') return;
    expect(outcome.fills).toHaveLength(10);
    expect(outcome.report.filled.toFixed()).toBe(
      outcome.fills.reduce((sum, fill) => sum.plus(fill.quantity), decimal('0')).toFixed(),
    );
  });

  it('rejects what the venue refuses, with its reason, and remembers nothing of it', async () => {
    const { exchange } = scene();
    expect(await exchange.submit(order('early'))).toMatchObject({ outcome: 'rejected', code: 'NO_MARKET' });
    exchange.play(bar(1));
    expect(await exchange.submit(order('unpaid', 'sell'))).toMatchObject({
      outcome: 'rejected',
      code: 'INSUFFICIENT_BALANCE',
      reason: expect.stringContaining('BTC'),
    });
    expect(await exchange.ordersSince(symbol, epochMillis(0))).toEqual([]);
  });

  it('cancels a resting order once', async () => {
    const exchange = withRestingOrder();
    expect(await exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'resting', status: 'new' }]);
    expect(await exchange.cancel(symbol, 'unlike')).toEqual({ outcome: 'not_open' });
    expect(await exchange.cancel(symbol, 'resting')).toMatchObject({
      outcome: 'cancelled',
      report: { clientOrderId: 'resting', status: 'cancelled' },
    });
    expect(await exchange.openOrders(symbol)).toEqual([]);
    expect(await exchange.cancel(symbol, 'resting')).toEqual({ outcome: 'not_open' });
  });
});

describe('orders that rest on an exchange inside the process', () => {
  const limit = (id: string, side: 'buy' | 'sell', limitPrice: string, type: 'limit' | 'post_only' = 'limit') =>
    ({ ...order(id, side), type, limitPrice: price(limitPrice) }) as unknown as ApprovedOrder;
  const stop = (id: string, stopPrice: string, amount = '0.01') =>
    ({ ...order(id, 'sell', amount), type: 'stop', stopPrice: price(stopPrice) }) as unknown as ApprovedOrder;
  const pair = (amount = '0.005'): ApprovedPair => ({
    listClientOrderId: 'pair',
    takeProfit: { ...limit('take', 'sell', '40100', 'post_only'), quantity: quantity(amount) },
    stopLoss: stop('stop', '39900', amount),
  });

  async function listening(options: Parameters<typeof createSimulatedExchange>[3] = {}) {
    const venue = createVenue(rules, emptyVenue({ USDT: '10000' }));
    const exchange = createSimulatedExchange(venue, BAR, [], options);
    const heard: string[] = [];
    await exchange.stream(request, (message) => {
      if (message.kind === 'fill') heard.push(`fill ${message.fill.clientOrderId} at ${message.receivedAt}`);
      if (message.kind === 'order') heard.push(`${message.report.clientOrderId} ${message.report.status}`);
      if (message.kind === 'candle') heard.push(`candle ${message.timeframe}`);
      if (message.kind === 'balance-change') heard.push(`${message.asset} ${message.change.toFixed()}`);
      if (message.kind === 'trade') heard.push(`trade ${message.price.toFixed()}`);
    });
    exchange.play(bar(0));
    heard.length = 0;
    return { exchange, heard };
  }

  it('are told of on the stream when they trade, each fill before its order, and before the bar that did it closes', async () => {
    const { exchange, heard } = await listening();
    await exchange.submit(limit('resting', 'buy', '39990'));
    expect(heard).toEqual([]);
    exchange.play(bar(1, 39_985));
    expect(heard).toEqual([`fill resting at ${BAR}`, 'resting filled', 'candle 1m']);
    expect(await exchange.order(symbol, 'resting')).toMatchObject({ status: 'filled' });
    expect(await exchange.fillsSince(symbol, epochMillis(BAR))).toHaveLength(1);
  });

  it('may be a pair, of which the other half is told to have expired', async () => {
    const { exchange, heard } = await listening();
    await exchange.submit(order('entry'));
    const outcome = await exchange.submitPair(pair());
    expect(outcome).toMatchObject({
      outcome: 'acknowledged',
      takeProfit: { clientOrderId: 'take', status: 'new' },
      stopLoss: { clientOrderId: 'stop', status: 'new' },
    });
    exchange.play({ ...bar(1), low: 39_850 });
    expect(heard.filter((line) => !line.startsWith('candle'))).toEqual([
      'take expired',
      'stop new',
      `fill stop at ${BAR + 20_000}`,
      'stop filled',
    ]);
    expect(await exchange.submitPair(pair())).toMatchObject({ outcome: 'rejected', code: 'INSUFFICIENT_BALANCE' });
  });

  it('cancels both of a pair with one, telling of the other', async () => {
    const { exchange, heard } = await listening();
    await exchange.submit(order('entry'));
    await exchange.submitPair(pair());
    expect(await exchange.cancel(symbol, 'stop')).toMatchObject({
      report: { clientOrderId: 'stop', status: 'cancelled' },
    });
    expect(heard).toEqual(['take cancelled']);
    expect(await exchange.openOrders(symbol)).toEqual([]);
  });

  it('are replaced, kept where they are not open, and cancelled only where the new one is refused', async () => {
    const { exchange } = await listening();
    await exchange.submit(limit('old', 'buy', '39000'));
    expect(await exchange.replace('old', limit('new', 'buy', '39100'))).toMatchObject({
      outcome: 'replaced',
      cancelled: { clientOrderId: 'old', status: 'cancelled' },
      report: { clientOrderId: 'new', status: 'new' },
      fills: [],
    });
    expect(await exchange.replace('old', limit('next', 'buy', '39100'))).toMatchObject({
      outcome: 'kept',
      code: 'NOT_OPEN',
    });
    expect(await exchange.replace('new', limit('next', 'buy', '39100.001'))).toMatchObject({
      outcome: 'kept',
      code: 'PRICE_FILTER',
    });
    expect(await exchange.replace('new', limit('next', 'buy', '40100', 'post_only'))).toMatchObject({
      outcome: 'cancelled_only',
      cancelled: { clientOrderId: 'new' },
      code: 'WOULD_TAKE',
    });
    expect(await exchange.openOrders(symbol)).toEqual([]);
  });

  it('says what it can do, and refuses what it was told it cannot', async () => {
    const { exchange } = await listening({
      capabilities: { pairs: false, replace: false, orderTypes: new Set(['market']) },
    });
    expect(await exchange.capabilities(symbol)).toMatchObject({
      pairs: false,
      transfers: true,
      reusesClientOrderIds: true,
    });
    expect(await exchange.submitPair(pair())).toMatchObject({ outcome: 'rejected', code: 'NOT_SUPPORTED' });
    expect(await exchange.replace('a', order('b'))).toMatchObject({ outcome: 'kept', code: 'NOT_SUPPORTED' });
    expect(await exchange.submit(stop('s', '39000'))).toMatchObject({ outcome: 'rejected', code: 'NOT_SUPPORTED' });
    await expect(exchange.capabilities('ETH/USDT')).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      message: 'symbol must be one of BTC/USDT, was "ETH/USDT"',
    });
  });

  it('takes an id again once its order has ended, and answers with the newest', async () => {
    const { exchange } = await listening();
    await exchange.submit(order('again'));
    await exchange.submit(order('again'));
    expect(await exchange.order(symbol, 'again')).toMatchObject({ exchangeOrderId: '2' });
    expect(await exchange.ordersSince(symbol, epochMillis(0))).toHaveLength(2);
  });

  it('tells of deposits and withdrawals, and lists them', async () => {
    const { exchange, heard } = await listening();
    exchange.transfer('USDT', decimal('-250.5'));
    expect(heard).toEqual(['USDT -250.5']);
    expect(await exchange.transfersSince(epochMillis(BAR))).toMatchObject([
      { id: 'transfer-1', asset: 'USDT', at: BAR },
    ]);
    expect(await exchange.transfersSince(epochMillis(BAR + 1))).toEqual([]);
    expect((await exchange.balances()).get('USDT')?.free.toFixed()).toBe('9749.5');
  });

  it('echoes what requests did, where that is wanted', async () => {
    const { exchange, heard } = await listening({ echo: true });
    await exchange.submit(order('mine'));
    expect(heard).toEqual(['mine new', `fill mine at ${BAR}`, 'mine filled']);
  });

  it('tells of every point of a bar, where that is wanted', async () => {
    const { exchange, heard } = await listening({ points: true });
    exchange.play(bar(1));
    expect(heard).toEqual(['trade 40000', 'trade 39995', 'trade 40005', 'trade 40000', 'candle 1m']);
  });
});

describe('latency', () => {
  async function sent(latencyMs: number) {
    const exchange = createSimulatedExchange(createVenue(rules, emptyVenue({ USDT: '10000' })), BAR, [], { latencyMs });
    exchange.play(bar(0));
    const answers: string[] = [];
    const submitted = exchange.submit(order('late')).then((outcome) => {
      if (outcome.outcome === 'acknowledged') answers.push(`${outcome.fills[0]?.price} at ${outcome.report.updatedAt}`);
    });
    return { exchange, answers, submitted };
  }

  it('lets an order meet the market as it stands when it arrives', async () => {
    const { exchange, answers, submitted } = await sent(250);
    await exchange.sent();
    expect([exchange.inFlight, answers]).toEqual([1, []]);
    exchange.play({ ...bar(1), open: 40_050, close: 39_000, low: 39_000, high: 40_050 });
    await submitted;
    expect(answers).toEqual([`40050.41 at ${BAR + 250}`]);
    expect(exchange.inFlight).toBe(0);
  });

  it('waits for whoever answers on the way, where the bar is played slowly', async () => {
    const { exchange, answers, submitted } = await sent(30_000);
    const settled: number[] = [];
    const bars = new Map([[symbol, { ...bar(1), low: 39_000 }]]);
    await exchange.playSlowly(bars, async () => {
      await submitted;
      settled.push(exchange.now);
      expect(answers).toHaveLength(1);
    });
    expect(settled).toEqual([BAR + 30_000]);
    expect(answers).toEqual([`39000.39 at ${BAR + 30_000}`]);
  });
});

describe('several markets and timeframes', () => {
  function markets() {
    const account = createAccount(emptyVenue({ USDT: '10000' }).balances);
    const starts = ['BTC/USDT', 'ETH/USDT'].map((name) => ({
      venue: createVenue(simulatedMarketRules(name), emptyVenue(), { account }),
      history: [bar(0), bar(1)],
    }));
    return createSimulatedMarkets(starts, BAR);
  }

  it('are played together, and their bars are told when all have got there', async () => {
    const exchange = markets();
    const heard: string[] = [];
    const feeds = ['BTC/USDT', 'ETH/USDT'].map((name) => ({ symbol: name, timeframe: '1m' as Timeframe }));
    await exchange.stream({ feeds }, (message) => {
      if (message.kind === 'candle') heard.push(`${message.symbol} ${message.candle.close} at ${message.at}`);
    });
    exchange.playAll(
      new Map([
        ['BTC/USDT', bar(2)],
        ['ETH/USDT', bar(2, 2_000)],
      ]),
    );
    expect(heard).toEqual([`BTC/USDT 40000 at ${3 * BAR}`, `ETH/USDT 2000 at ${3 * BAR}`]);
    const eth = { ...order('eth', 'buy', '1'), symbol: 'ETH/USDT' } as ApprovedOrder;
    expect(await exchange.submit(eth)).toMatchObject({ outcome: 'acknowledged' });
    expect(await exchange.submit(order('btc'))).toMatchObject({ report: { exchangeOrderId: '1' } });
    expect((await exchange.balances()).get('ETH')?.free.toFixed()).toBe('0.999');
    expect(await exchange.openOrders('ETH/USDT')).toEqual([]);
  });

  it('gives longer bars when their last minute has closed, whole also where listening began inside one', async () => {
    const exchange = markets();
    const heard: StreamMessage[] = [];
    const feeds = ['1m', '3m'].map((timeframe) => ({ symbol, timeframe: timeframe as Timeframe }));
    await exchange.stream({ feeds }, (message) => message.kind === 'candle' && heard.push(message));
    for (const index of [2, 3, 4, 5]) exchange.play(bar(index, 40_000 + index));
    const three = heard.flatMap((message) =>
      message.kind === 'candle' && message.timeframe === '3m' ? [message] : [],
    );
    expect(
      three.map(({ candle, at }) => [candle.openTime / BAR, candle.open, candle.close, candle.volume, at]),
    ).toEqual([
      [0, 40_000, 40_002, 90, 3 * BAR],
      [3, 40_003, 40_005, 90, 6 * BAR],
    ]);
    const asked = await exchange.candles({ symbol, timeframe: '3m' as Timeframe, limit: 10 });
    expect(asked).toEqual(three.map(({ candle }) => candle));
    await expect(exchange.candles({ symbol, timeframe: '90s' as Timeframe, limit: 1 })).rejects.toThrow();
  });
});
