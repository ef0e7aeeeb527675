import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import { controlOf, eventually, openSocket, optionsFor, request, START, temporaryFolder } from './paper-client.ts';

const open: PaperExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

async function start(frames: string, changes: object = {}) {
  const exchange = await startPaperExchange(
    optionsFor('', { data: undefined, liveFrom: undefined, frames, speed: 'max', ...changes }),
  );
  open.push(exchange);
  return { url: exchange.url, control: controlOf(exchange.url), exchange };
}

const line = (ms: number, stream: string, data: object) =>
  `${START + ms}000000 ${JSON.stringify({ stream: `btcusdt@${stream}`, data })}`;
const top = (ms: number, bid: string, ask: string) =>
  line(ms, 'bookTicker', { u: ms, s: 'BTCUSDT', b: bid, B: '0.50000000', a: ask, A: '0.50000000' });
const trade = (ms: number, id: number, price: string) =>
  line(ms, 'trade', {
    e: 'trade',
    E: START + ms,
    s: 'BTCUSDT',
    t: id,
    p: price,
    q: '0.10000000',
    T: START + ms,
    m: false,
    M: true,
  });
const depth = (ms: number, id: number, b: readonly string[][], a: readonly string[][]) =>
  line(ms, 'depth@100ms', { e: 'depthUpdate', E: START + ms, s: 'BTCUSDT', U: id, u: id, b, a });

const RECORDING = [
  top(0, '39999.99', '40000.01'),
  depth(
    10,
    7,
    [
      ['39999.99', '0.5'],
      ['39999.00', '2'],
    ],
    [['40000.01', '0.5']],
  ),
  trade(20_000, 1, '40000.01'),
  trade(40_000, 2, '39990.00'),
  top(50_000, '39989.00', '39990.00'),
  depth(50_010, 8, [['39999.99', '0.0']], [['39990.00', '0.5']]),
  trade(60_000, 3, '40010.00'),
  top(61_000, '40009.00', '40011.00'),
  trade(125_000, 4, '40020.00'),
];

function recording(lines: readonly string[] = RECORDING): string {
  const path = join(temporaryFolder(), 'frames.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('recorded frames', () => {
  it('are replayed as they are, with candles gathered from their trades', async () => {
    const { url, control } = await start(recording());
    const { frames, until } = await openSocket(
      url,
      '/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms/btcusdt@kline_1m',
    );
    await control('POST', 'start');
    await until(({ stream, data }) => stream === 'btcusdt@trade' && (data as { t: number }).t === 4);
    const replayed = frames.filter(({ stream }) => stream !== 'btcusdt@kline_1m').map((frame) => JSON.stringify(frame));
    expect(replayed).toEqual(RECORDING.map((text) => text.slice(text.indexOf(' ') + 1)));
    const klines = frames.flatMap(({ data }) =>
      (data as { e?: string }).e === 'kline' ? [(data as { k: Record<string, unknown> }).k] : [],
    );
    expect(
      klines.map(({ t, o, h, l, c, x }) =>
        [(Number(t) - START) / 60_000, o, h, l, c, x].map((value) =>
          typeof value === 'string' ? Number(value) : value,
        ),
      ),
    ).toEqual([
      [0, 40_000.01, 40_000.01, 40_000.01, 40_000.01, false],
      [0, 40_000.01, 40_000.01, 39_990, 39_990, false],
      [0, 40_000.01, 40_000.01, 39_990, 39_990, true],
      [1, 40_010, 40_010, 40_010, 40_010, false],
      [1, 40_010, 40_010, 40_010, 40_010, true],
      [2, 40_020, 40_020, 40_020, 40_020, false],
    ]);
    const status = (await control('GET', 'status')).body;
    expect(status).toMatchObject({
      mode: 'finished',
      index: 8,
      remaining: 0,
      marketTime: START + 125_000,
      sent: { candles: 2, trades: 4, bookTops: 3 },
    });
    const rows = (await request(url, 'GET', 'klines', { symbol: 'BTCUSDT', interval: '1m' }, false)).body;
    expect(rows.map((row: number[]) => row[0])).toEqual([START, START + 60_000, START + 120_000]);
    const book = (await request(url, 'GET', 'depth', { symbol: 'BTCUSDT' }, false)).body;
    expect(book).toEqual({
      lastUpdateId: 8,
      bids: [['39999.00', '2']],
      asks: [
        ['39990.00', '0.5'],
        ['40000.01', '0.5'],
      ],
    });
  });

  it('set the prices orders are matched at, minute by minute in lockstep', async () => {
    const { url, control } = await start(recording());
    const order = (parameters: object) => request(url, 'POST', 'order', { symbol: 'BTCUSDT', ...parameters });
    expect((await order({ side: 'BUY', type: 'MARKET', quantity: '0.1' })).body.msg).toBe('Market is closed.');
    const ack = (minute: number) =>
      control('POST', 'ack', { trader: 't', barClose: START + minute * 60_000, candles: 0, trades: 0, bookTops: 0 });
    const first = control('POST', 'step');
    await ack(1);
    expect((await first).body).toMatchObject({ barClose: START + 60_000 });
    const bought = (await order({ side: 'BUY', type: 'MARKET', quantity: '0.1' })).body;
    expect(bought.fills).toMatchObject([{ price: '39990.00000000', qty: '0.10000000' }]);
    await order({ side: 'SELL', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.05', price: '40005' });
    const second = control('POST', 'step');
    await ack(2);
    await second;
    const { orders } = (await control('GET', 'books')).body;
    expect(orders[1]).toMatchObject({ status: 'filled', cost: '2000.25' });
  });

  it('are played by other markets under their own names, on one account', async () => {
    const { url, control } = await start(recording(), { symbol: 'BTC/USDT,X1/USDT' });
    const streams = ['trade', 'bookTicker', 'kline_1m'].map((kind) => `btcusdt@${kind}/x1usdt@${kind}`).join('/');
    const { frames } = await openSocket(url, `/stream?streams=${streams}`);
    const step = control('POST', 'step');
    await control('POST', 'ack', { trader: 't', barClose: START + 60_000, candles: 0, trades: 0, bookTops: 0 });
    await step;
    await eventually(() => frames.length > 10);
    const of = (name: string) =>
      frames
        .filter(({ stream }) => String(stream).startsWith(name))
        .map(({ stream, data }) => ({
          kind: String(stream).split('@')[1],
          ...(data as object),
          s: 'any',
          k: undefined,
        }));
    expect(of('x1usdt')).toEqual(of('btcusdt'));
    const named = frames
      .filter(({ stream }) => String(stream).startsWith('x1usdt'))
      .map(({ data }) => (data as { s: string }).s);
    expect(new Set(named)).toEqual(new Set(['X1USDT']));
    const buy = { side: 'BUY', type: 'MARKET', quantity: '0.1' };
    for (const symbol of ['BTCUSDT', 'X1USDT']) {
      expect((await request(url, 'POST', 'order', { symbol, ...buy })).body).toMatchObject({
        orderId: 1,
        status: 'FILLED',
      });
    }
    expect((await control('GET', 'books')).body.balances.X1.free).toBe('0.0999');
  });

  it('go on after a restart where orders or minutes were last saved', async () => {
    const frames = recording();
    const state = join(temporaryFolder(), 'state.db');
    const { control, exchange } = await start(frames, { state });
    const step = control('POST', 'step');
    await control('POST', 'ack', { trader: 't', barClose: START + 60_000, candles: 0, trades: 0, bookTops: 0 });
    await step;
    open.splice(0);
    await exchange.close();
    const again = await start(frames, { state });
    expect((await again.control('GET', 'status')).body).toMatchObject({
      index: 6,
      marketTime: START + 60_000,
      sent: { trades: 0 },
    });
    const rows = (await request(again.url, 'GET', 'klines', { symbol: 'BTCUSDT', interval: '1m' }, false)).body;
    expect(rows.map((row: number[]) => row[0])).toEqual([START, START + 60_000]);
  });

  it('keep their own pace', async () => {
    const { control } = await start(recording(), { speed: 200 });
    const begun = Date.now();
    await control('POST', 'start');
    await eventually(async () => (await control('GET', 'status')).body.mode === 'finished');
    expect(Date.now() - begun).toBeGreaterThan(125_000 / 200 - 20);
  });

  it.each([
    ['no time', ['{"stream":"btcusdt@trade","data":{}}'], 'line 1: must be a receive time in ns'],
    ['another market', [RECORDING[0] ?? '', `${START}000000 {"stream":"ethusdt@trade","data":{}}`], 'line 2: must be'],
    ['no frame at all', [], 'must be a receive time in ns'],
  ])('with %s are refused, naming the line', async (_, lines, message) => {
    await expect(start(recording(lines))).rejects.toThrow(message);
  });
});

const folder = process.env.ARES_DATA;
const recorded = folder === undefined ? '' : join(folder, 'btcusdt-spot-stream-20240809.jsonl.gz');

describe.runIf(folder !== undefined)('five recorded minutes of Binance', () => {
  it('are played whole, every frame sent and every minute closed', async () => {
    expect(existsSync(recorded)).toBe(true);
    const { url, control } = await start(recorded);
    const { frames } = await openSocket(
      url,
      '/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms/btcusdt@kline_1m',
    );
    await control('POST', 'start');
    await eventually(async () => (await control('GET', 'status')).body.mode === 'finished', 30_000);
    await eventually(() => frames.filter(({ stream }) => stream === 'btcusdt@trade').length === 10_147, 10_000);
    const { sent } = (await control('GET', 'status')).body;
    expect(sent).toMatchObject({ trades: 10_147, bookTops: 45_134 });
    expect(sent.candles).toBeGreaterThanOrEqual(4);
  });
});
