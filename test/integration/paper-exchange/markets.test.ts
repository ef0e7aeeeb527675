import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  ccxtClient,
  controlOf,
  MINUTE,
  openSocket,
  optionsFor,
  request,
  START,
  temporaryFolder,
  wanderingBars,
} from './paper-client.ts';

const open: PaperExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

/** Bars at a twentieth of the others' prices. */
const smallBars = (count: number) =>
  wanderingBars(count).map(({ open: first, high, low, close, volume }) => {
    const part = (price: number) => Math.round(price * 5) / 100;
    return { open: part(first), high: part(high), low: part(low), close: part(close), volume };
  });

async function start(
  changes: object = {},
  data = `${candleFileOf(wanderingBars(40))}, ${candleFileOf(smallBars(40))}`,
) {
  const exchange = await startPaperExchange(optionsFor(data, { symbol: 'BTC/USDT,ETH/USDT', ...changes }));
  open.push(exchange);
  const control = controlOf(exchange.url);
  const ack = (barClose: number) =>
    control('POST', 'ack', { trader: 'test', barClose, candles: 1, trades: 4, bookTops: 4 });
  return { exchange, url: exchange.url, control, ack };
}

type Kline = { s: string; i: string; t: number; x: boolean; c: string };
const klineOf = (frame: Record<string, unknown>) => (frame.data as { k?: Kline } | undefined)?.k;

describe('several markets', () => {
  it('are listed, and answer each for itself', async () => {
    const { url } = await start();
    const info = (await request(url, 'GET', 'exchangeInfo', {}, false)).body;
    expect(info.symbols).toMatchObject([
      { symbol: 'BTCUSDT', ocoAllowed: true, cancelReplaceAllowed: true },
      { symbol: 'ETHUSDT', baseAsset: 'ETH' },
    ]);
    expect((await request(url, 'GET', 'ticker/price', {}, false)).body).toEqual([
      { symbol: 'BTCUSDT', price: '40090.93000000' },
      { symbol: 'ETHUSDT', price: '2004.55000000' },
    ]);
    expect((await request(url, 'GET', 'ticker/price', { symbol: 'ETHUSDT' }, false)).body.symbol).toBe('ETHUSDT');
    expect((await request(url, 'GET', 'ticker/bookTicker', {}, false)).body).toHaveLength(2);
    const klines = (await request(url, 'GET', 'klines', { symbol: 'ETHUSDT', interval: '5m', limit: 1 }, false)).body;
    expect(klines[0][0]).toBe(START + 10 * MINUTE);
    expect((await request(url, 'GET', 'klines', { symbol: 'SOLUSDT', interval: '1m' }, false)).body.code).toBe(-1121);
  });

  it('share one account and number their orders and trades each for themselves', async () => {
    const { url, control } = await start();
    const buy = (symbol: string, quantity: string) =>
      request(url, 'POST', 'order', { symbol, side: 'BUY', type: 'MARKET', quantity });
    expect((await buy('BTCUSDT', '0.1')).body).toMatchObject({ orderId: 1, fills: [{ tradeId: 1 }] });
    expect((await buy('ETHUSDT', '0.1')).body).toMatchObject({ orderId: 1, fills: [{ tradeId: 1 }] });
    expect((await buy('ETHUSDT', '3')).body.msg).toContain('insufficient balance');
    expect((await request(url, 'GET', 'allOrders', { symbol: 'ETHUSDT' })).body).toHaveLength(1);
    expect((await request(url, 'GET', 'myTrades', { symbol: 'BTCUSDT' })).body).toHaveLength(1);
    const books = (await control('GET', 'books')).body;
    expect(Object.keys(books.balances)).toEqual(['BTC', 'ETH', 'USDT']);
    expect(books.orders.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(books.lastPrices).toEqual({ 'BTC/USDT': 40090.93, 'ETH/USDT': 2004.55 });
  });

  it('are played together: all of them through a point, then all of them to their end, acknowledged once', async () => {
    const { url, control, ack } = await start();
    const streams = ['btcusdt', 'ethusdt'].map((name) => `${name}@trade/${name}@kline_1m`).join('/');
    const { frames, until } = await openSocket(url, `/stream?streams=${streams}`);
    const step = control('POST', 'step', { bars: 1 });
    await until((frame) => klineOf(frame)?.s === 'ETHUSDT' && klineOf(frame)?.x === true);
    await ack(START + 11 * MINUTE);
    expect((await step).body).toEqual({ barClose: START + 11 * MINUTE, index: 10, remaining: 29 });
    const closing = frames.filter((frame) => klineOf(frame)?.x).map((frame) => klineOf(frame)?.s);
    expect(closing).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(frames.filter(({ stream }) => String(stream).endsWith('@trade'))).toHaveLength(8);
    expect((await control('GET', 'status')).body.sent).toEqual({ candles: 2, trades: 8, bookTops: 0 });
  });

  it('may have bars of different times: each is played when its time comes', async () => {
    const folder = temporaryFolder();
    const late = join(folder, 'late.csv');
    const rows = smallBars(30).map((bar, i) => {
      return [START + (i + 8) * MINUTE, bar.open, bar.high, bar.low, bar.close, bar.volume].join(',');
    });
    // Its seventh minute is missing.
    rows.splice(6, 1);
    writeFileSync(late, `${['ts_ms,open,high,low,close,volume', ...rows].join('\n')}\n`);
    const { url, control } = await start({ speed: 'max' }, `${candleFileOf(wanderingBars(40))},${late}`);
    const { frames } = await openSocket(url, '/stream?streams=btcusdt@kline_1m/ethusdt@kline_1m');
    await control('POST', 'start', { speed: 'max' });
    const last = (frame: Record<string, unknown>) => klineOf(frame)?.t === START + 39 * MINUTE && klineOf(frame)?.x;
    await expect.poll(() => frames.some(last), { timeout: 10_000 }).toBe(true);
    const closed = (symbol: string) =>
      frames.flatMap((frame) => {
        const kline = klineOf(frame);
        return kline?.x && kline.s === symbol ? [(kline.t - START) / MINUTE] : [];
      });
    expect(closed('BTCUSDT')).toEqual(Array.from({ length: 30 }, (_, i) => i + 10));
    expect(closed('ETHUSDT')).toEqual(closed('BTCUSDT').filter((minute) => minute !== 14 && minute < 38));
  });

  it('may be one file under many names', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `C${i}/USDT`);
    const { url, control } = await start({ symbol: names.join(',') }, candleFileOf(wanderingBars(40)));
    expect((await request(url, 'GET', 'exchangeInfo', {}, false)).body.symbols).toHaveLength(20);
    const client = await ccxtClient(url);
    expect(Object.keys(client.markets ?? {})).toHaveLength(20);
    await client.close();
    expect((await control('GET', 'status')).body.remaining).toBe(30);
  });

  it('go on after a restart where they stood', async () => {
    const state = join(temporaryFolder(), 'state.db');
    const data = `${candleFileOf(wanderingBars(40))},${candleFileOf(smallBars(40))}`;
    const first = await start({ state }, data);
    await request(first.url, 'POST', 'order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' });
    await first.control('POST', 'step', { bars: 1 });
    const books = (await first.control('GET', 'books')).body;
    await first.exchange.close();
    const second = await start({ state }, data);
    expect((await second.control('GET', 'books')).body).toEqual(books);
    expect((await second.control('GET', 'status')).body.index).toBe(10);
    open.splice(0, 1);
    await expect(start({ state, symbol: 'BTC/USDT' }, candleFileOf(wanderingBars(40)))).rejects.toMatchObject({
      code: 'STATE_MISMATCH',
    });
  });

  it.each([
    ['a market twice', { symbol: 'BTC/USDT,BTC/USDT' }, '--symbol must name each market once'],
    ['too few files', { symbol: 'BTC/USDT,ETH/USDT,SOL/USDT' }, 'or one for each of the 3 symbols, named 2'],
    ['a name that is none', { symbol: 'BTC/USDT,ETH' }, 'symbol must be like "BTC/USDT", was "ETH"'],
  ])('are refused with %s', async (_, changes, message) => {
    await expect(start(changes)).rejects.toThrow(message);
  });
});

describe('longer bars than the recorded ones', () => {
  it('are streamed and queried, and a step waits only for those that end with it', async () => {
    const { url, control, ack } = await start();
    const { until } = await openSocket(url, '/stream?streams=btcusdt@kline_3m/ethusdt@kline_15m');
    // Minutes 10 and 11 end no bar of three; minute 11 does, as bars of three begin at multiples of three.
    expect((await control('POST', 'step', { bars: 1 })).status).toBe(200);
    const step = control('POST', 'step', { bars: 1 });
    const closing = await until((frame) => klineOf(frame)?.x === true);
    expect(klineOf(closing)).toMatchObject({ i: '3m', t: START + 9 * MINUTE });
    await ack(START + 12 * MINUTE);
    expect((await step).status).toBe(200);
    const rows = (await request(url, 'GET', 'klines', { symbol: 'BTCUSDT', interval: '3m', limit: 2 }, false)).body;
    expect(rows[0][0]).toBe(START + 9 * MINUTE);
    expect(rows[0][4]).toBe(klineOf(closing)?.c);
  });
});

describe('books from the time of one market', () => {
  it('are taken over', async () => {
    const state = join(temporaryFolder(), 'state.db');
    const data = candleFileOf(wanderingBars(40));
    const database = new DatabaseSync(state);
    database.exec(`
      CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
      CREATE TABLE orders (id INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
      CREATE TABLE trades (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, executed_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
      CREATE INDEX orders_by_client_id ON orders (client_order_id);
      CREATE INDEX trades_by_order ON trades (order_id);
    `);
    const order = {
      id: 1,
      clientOrderId: 'before',
      side: 'buy',
      type: 'market',
      timeInForce: 'gtc',
      status: 'filled',
      price: '0',
      stopPrice: '0',
      quantity: '0.1',
      quoteQuantity: '0',
      filled: '0.1',
      cost: '4000',
      createdAt: START + 10 * MINUTE,
      updatedAt: START + 10 * MINUTE,
      workingAt: START + 10 * MINUTE,
    };
    const trade = {
      id: 1,
      orderId: 1,
      clientOrderId: 'before',
      side: 'buy',
      price: '40000',
      quantity: '0.1',
      cost: '4000',
      fee: '0.0001',
      feeAsset: 'BTC',
      maker: false,
      at: START + 10 * MINUTE,
    };
    const venue = {
      balances: { BTC: { free: '0.0999', locked: '0' }, USDT: { free: '6000', locked: '0' } },
      open: [],
      nextOrderId: 2,
      nextTradeId: 2,
      point: { at: START + 10 * MINUTE - 1, price: 40_090.93, volume: 55, continuous: false },
      taken: { bid: 0, ask: 0 },
    };
    const market = `BTC/USDT 1m ${START} ${START + 39 * MINUTE} 40`;
    const body = { market, initialBalances: { BTC: '0', USDT: '10000' }, played: 10, points: 0, venue };
    database.prepare('INSERT INTO state VALUES (1, ?)').run(JSON.stringify(body));
    database.prepare('INSERT INTO orders VALUES (1, ?, ?, ?)').run('before', START, JSON.stringify(order));
    database.prepare('INSERT INTO trades VALUES (1, 1, ?, ?)').run(START + 10 * MINUTE, JSON.stringify(trade));
    database.close();
    for (const orderId of [2, 3]) {
      const exchange = await startPaperExchange(optionsFor(data, { state }));
      const known = await request(exchange.url, 'GET', 'order', { symbol: 'BTCUSDT', origClientOrderId: 'before' });
      expect(known.body).toMatchObject({ orderId: 1, orderListId: -1, status: 'FILLED' });
      expect((await request(exchange.url, 'GET', 'myTrades', { symbol: 'BTCUSDT' })).body[0]).toMatchObject({
        id: 1,
        price: '40000.00000000',
      });
      const next = { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.01' };
      expect((await request(exchange.url, 'POST', 'order', next)).body.orderId).toBe(orderId);
      await exchange.close();
    }
  });
});
