import ccxt, { type Order, type Trade } from 'ccxt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  ccxtClient,
  controlOf,
  eventually,
  MINUTE,
  optionsFor,
  START,
  wanderingBars,
} from './paper-client.ts';

const SYMBOL = 'BTC/USDT';

/** Plays one bar, acknowledging it as a trader would. */
async function playBar(url: string): Promise<number> {
  const control = controlOf(url);
  const step = control('POST', 'step', { bars: 1 });
  const { index } = (await control('GET', 'status')).body;
  const barClose = START + (index + 2) * MINUTE;
  await control('POST', 'ack', { trader: 'test', barClose, candles: 0, trades: 0, bookTops: 0 });
  return (await step).body.barClose;
}

describe('ccxt, as it is, against the paper exchange', () => {
  let exchange: PaperExchange;
  let client: Awaited<ReturnType<typeof ccxtClient>>;
  const heard = {
    bars: [] as number[][],
    trades: [] as Trade[],
    tops: 0,
    orders: [] as Order[],
    mine: [] as Trade[],
    book: 0,
  };
  const loops: Promise<void>[] = [];

  /** Keeps one watch running until the client is closed: events between two watches do not wake the next. */
  function follow(watch: () => Promise<void>): void {
    const loop = async () => {
      try {
        for (;;) await watch();
      } catch (error) {
        if (!(error instanceof ccxt.ExchangeClosedByUser)) throw error;
      }
    };
    loops.push(loop());
  }

  beforeAll(async () => {
    exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(60))));
    client = await ccxtClient(exchange.url);
    follow(
      async () =>
        void heard.bars.push(...((await client.watchOHLCV(SYMBOL, '1m')) as number[][]).map((bar) => [...bar])),
    );
    follow(async () => void heard.trades.push(...(await client.watchTrades(SYMBOL))));
    follow(async () => {
      await client.watchBidsAsks([SYMBOL]);
      heard.tops += 1;
    });
    follow(async () => void heard.orders.push(...(await client.watchOrders(SYMBOL)).map((order) => ({ ...order }))));
    follow(async () => void heard.mine.push(...(await client.watchMyTrades(SYMBOL))));
    const { sent } = (await controlOf(exchange.url)('GET', 'status')).body;
    expect(sent).toEqual({ candles: 0, trades: 0, bookTops: 0 });
    await new Promise((resolve) => setTimeout(resolve, 300));
  });

  afterAll(async () => {
    await client.close();
    await Promise.all(loops);
    await exchange.close();
  });

  it('reads the market: rules, candles with the open one last, ticker and book', async () => {
    const market = client.market(SYMBOL);
    expect([
      market.precision.amount,
      market.precision.price,
      market.limits.amount?.min,
      market.limits.cost?.min,
    ]).toEqual([0.00001, 0.01, 0.00001, 5]);
    const candles = await client.fetchOHLCV(SYMBOL, '1m', undefined, 3);
    const last = wanderingBars(10).at(-1);
    expect(candles.map(([time]) => time)).toEqual([8, 9, 10].map((i) => START + i * MINUTE));
    expect(candles[1]).toEqual([START + 9 * MINUTE, last?.open, last?.high, last?.low, last?.close, 55]);
    expect(candles[2]?.slice(1)).toEqual([last?.close, last?.close, last?.close, last?.close, 0]);
    expect((await client.fetchOHLCV(SYMBOL, '5m')).map(([time]) => time)).toEqual(
      [0, 5, 10].map((i) => START + i * MINUTE),
    );
    expect((await client.fetchTicker(SYMBOL)).last).toBe(last?.close);
    const book = await client.fetchOrderBook(SYMBOL, 5);
    expect(book.bids).toHaveLength(5);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(await client.fetchTime()).toBeGreaterThan(Date.now() - 1_000);
  });

  it('hears each bar: its prices in the order open, low, high, close, and its end', async () => {
    const barClose = await playBar(exchange.url);
    expect(barClose).toBe(START + 11 * MINUTE);
    const bar = wanderingBars(11).at(-1);
    await eventually(() => heard.trades.length >= 4);
    expect(heard.trades.map(({ price }) => price)).toEqual([bar?.open, bar?.low, bar?.high, bar?.close]);
    await eventually(() => heard.bars.length > 0 && heard.tops > 0);
    expect(heard.bars.at(-1)).toEqual([START + 10 * MINUTE, bar?.open, bar?.high, bar?.low, bar?.close, 55]);
  });

  it('orders over REST, is filled over several levels, and hears of order and trades', async () => {
    const order = await client.createOrder(SYMBOL, 'market', 'buy', 0.15, undefined, { newClientOrderId: 'rest-1' });
    expect(order).toMatchObject({ status: 'closed', filled: 0.15, clientOrderId: 'rest-1' });
    expect(order.trades).toHaveLength(2);
    expect(order.fee).toMatchObject({ currency: 'BTC', cost: 0.00015 });
    await eventually(() => heard.mine.length === 2 && heard.orders.some(({ status }) => status === 'closed'));
    expect(heard.mine.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(0.15, 8);
    const balance = await client.fetchBalance();
    expect(balance.BTC).toMatchObject({ free: 0.14985, used: 0 });
  });

  it('orders and cancels over the socket', async () => {
    const placed = await client.createOrderWs(SYMBOL, 'limit', 'sell', 0.1, 41_000, { newClientOrderId: 'socket-1' });
    expect(placed).toMatchObject({ status: 'open', clientOrderId: 'socket-1' });
    expect((await client.fetchOpenOrders(SYMBOL)).map(({ clientOrderId }) => clientOrderId)).toEqual(['socket-1']);
    expect((await client.fetchBalance()).BTC).toMatchObject({ used: 0.1 });
    expect(await client.fetchOrder('', SYMBOL, { origClientOrderId: 'socket-1' })).toMatchObject({
      id: placed.id,
      status: 'open',
    });
    const cancelled = await client.cancelOrderWs(String(placed.id), SYMBOL);
    expect(cancelled).toMatchObject({ status: 'canceled' });
    await eventually(() =>
      heard.orders.some(({ status, clientOrderId }) => status === 'canceled' && clientOrderId === 'socket-1'),
    );
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('places a stop, which goes off inside a bar and is heard', async () => {
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: 39_000,
      newClientOrderId: 'stop-far',
    });
    const [open] = await client.fetchOpenOrders(SYMBOL);
    expect(open).toMatchObject({ triggerPrice: 39_000, status: 'open' });
    await client.cancelOrder(String(open?.id), SYMBOL);
    const bar = wanderingBars(12).at(-1);
    const stopPrice = Number(((bar?.low ?? 0) + 1).toFixed(2));
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: stopPrice,
      newClientOrderId: 'stop-near',
    });
    await playBar(exchange.url);
    await eventually(() =>
      heard.orders.some(({ status, clientOrderId }) => status === 'closed' && clientOrderId === 'stop-near'),
    );
    const order = await client.fetchOrder('', SYMBOL, { origClientOrderId: 'stop-near' });
    expect(Number(order.average)).toBeLessThanOrEqual(stopPrice);
    expect(Number(order.average)).toBeGreaterThan(stopPrice - 5);
  });

  it('reads back every order and every trade, all pages, by time and by id', async () => {
    const orders = await client.fetchOrders(SYMBOL);
    expect(orders.map(({ clientOrderId }) => clientOrderId)).toEqual(['rest-1', 'socket-1', 'stop-far', 'stop-near']);
    expect(await client.fetchOrders(SYMBOL, START + 30 * MINUTE)).toEqual([]);
    expect(
      (await client.fetchOrders(SYMBOL, undefined, undefined, { orderId: 2, limit: 2 })).map(({ id }) => id),
    ).toEqual(['2', '3']);
    const trades = await client.fetchMyTrades(SYMBOL);
    expect(trades).toHaveLength(3);
    const ids = trades.map(({ id }) => Number(id));
    const second = await client.fetchMyTrades(SYMBOL, undefined, undefined, { fromId: ids[1], limit: 1 });
    expect(second.map(({ id }) => Number(id))).toEqual([ids[1]]);
    expect(await client.fetchMyTrades(SYMBOL, START, 10)).toHaveLength(3);
  });

  it('keeps a whole order book by differences', async () => {
    const book = await client.watchOrderBook(SYMBOL);
    const before = book.nonce;
    const next = client.watchOrderBook(SYMBOL);
    await playBar(exchange.url);
    await next;
    await eventually(async () => {
      const rest = await client.fetchOrderBook(SYMBOL);
      return book.nonce === rest.nonce && JSON.stringify(book.bids[0]?.slice(0, 2)) === JSON.stringify(rest.bids[0]);
    });
    expect(Number(book.nonce)).toBe(Number(before) + 4);
  });

  it('knows what went wrong by the class of its error', async () => {
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 100)).rejects.toBeInstanceOf(ccxt.InsufficientFunds);
    await expect(client.createOrderWs(SYMBOL, 'market', 'buy', 100)).rejects.toBeInstanceOf(ccxt.InsufficientFunds);
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0.0001, 40_000)).rejects.toThrow(
      'Filter failure: NOTIONAL',
    );
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0.1, 45_000, { postOnly: true })).rejects.toBeInstanceOf(
      ccxt.OrderImmediatelyFillable,
    );
    await expect(client.cancelOrder('99', SYMBOL)).rejects.toBeInstanceOf(ccxt.OrderNotFound);
    await expect(client.fetchOrder('99', SYMBOL)).rejects.toBeInstanceOf(ccxt.OrderNotFound);
    const stranger = await ccxtClient(exchange.url);
    stranger.secret = 'another';
    await expect(stranger.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError);
    stranger.apiKey = 'another';
    await expect(stranger.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError);
    await stranger.close();
  });
});
