import { createHmac } from 'node:crypto';
import { startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import { type CcxtExchangeOptions, createCcxtExchange } from '../../../src/adapters/exchange/ccxt-exchange.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import { price as asPrice } from '../../../src/core/trading/money.ts';
import { candleFiles, LIVE_FROM, SYMBOLS, upcomingCandles } from './contract-candles.ts';
import type { ExchangeHarness, ScriptedFault } from './exchange-harness.ts';

const keys = { apiKey: 'contract-key', secret: 'contract-secret' };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a fault's requests are called at the paper exchange, over each transport. */
const PATHS = {
  // Placing, pairs and replacing: their names begin alike.
  orders: [{ path: 'ws:order' }, { path: '/api/v3/order', method: 'POST' }],
  cancels: [{ path: 'ws:order.cancel' }, { path: '/api/v3/order', method: 'DELETE' }],
  reads: [{ path: '/api/v3/', method: 'GET' }],
} as const;

/** Waits short enough for tests, in the proportions of the real ones. */
const QUICK: Pick<CcxtExchangeOptions, 'reads' | 'submit' | 'stream'> = {
  reads: { baseMs: 20, capMs: 100, maxAttempts: 6, maxTotalMs: 8_000, attemptMs: 1_500 },
  submit: { timeoutMs: 2_000 },
  stream: { baseMs: 20, capMs: 200, firstConnectMs: 8_000 },
};

/** The adapter over ccxt, connected to the paper exchange with real candles. */
export async function paperExchangeHarness(overrides: Partial<CcxtExchangeOptions> = {}): Promise<ExchangeHarness> {
  const server = await startPaperExchange({
    port: 0,
    data: await candleFiles(),
    symbol: SYMBOLS.join(','),
    liveFrom: LIVE_FROM,
    speed: 60,
    lockstep: true,
    quoteBalance: '10000',
    ackTimeout: 10_000,
    weightLimit: 100_000,
    ...keys,
  });
  const opened: Exchange[] = [];
  const open = (changes: Partial<CcxtExchangeOptions>): Exchange => {
    const exchange = createCcxtExchange({
      url: server.url,
      keys: async () => keys,
      recvWindow: 2_000,
      timers: systemClocks.timers,
      monotonic: systemClocks.monotonic,
      random: systemRandom(),
      log: silent,
      ...QUICK,
      ...overrides,
      ...changes,
    });
    opened.push(exchange);
    return exchange;
  };

  async function control<T>(path: string, body?: object): Promise<T> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${server.url}/control/${path}`, body === undefined ? {} : post);
    const text = await response.text();
    if (!response.ok) throw new Error(`/control/${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async function fault(scripted: ScriptedFault): Promise<void> {
    if (!('of' in scripted)) {
      await control('faults', scripted);
      return;
    }
    const { of, ...rest } = scripted;
    const { retryAfterSeconds: retryAfter, ...kind } = { retryAfterSeconds: undefined, ...rest };
    for (const where of PATHS[of])
      await control('faults', { ...kind, ...where, ...(retryAfter === undefined ? {} : { retryAfter }) });
  }

  const marketTime = async () => (await control<{ marketTime: number }>('status')).marketTime;

  await control('ack', { trader: 'contract', barClose: Number.MAX_SAFE_INTEGER, candles: 0, trades: 0, bookTops: 0 });
  return {
    exchange: open({}),
    symbol: SYMBOLS[0],
    otherSymbol: SYMBOLS[1],
    fault,
    step: (bars) => control('step', { bars }),
    orderIds: async () =>
      (await control<{ orders: { clientOrderId: string }[] }>('books')).orders.map((order) => order.clientOrderId),
    marketTime,
    upcoming: async (bars) => upcomingCandles(await marketTime(), bars),
    async top(symbol) {
      const response = await fetch(`${server.url}/api/v3/ticker/bookTicker?symbol=${symbol.replace('/', '')}`);
      const { bidPrice, askPrice } = (await response.json()) as { bidPrice: string; askPrice: string };
      return { bid: asPrice(bidPrice), ask: asPrice(askPrice) };
    },
    async transfer(asset, amount) {
      await control('transfer', { asset, amount });
    },
    sent: async () => (await control<{ sent: { candles: number; trades: number; bookTops: number } }>('status')).sent,
    async placeLimit({ clientOrderId, side, price, quantity }) {
      const order = { symbol: 'BTCUSDT', side: side.toUpperCase(), type: 'LIMIT', timeInForce: 'GTC', price, quantity };
      const query = new URLSearchParams({
        ...order,
        newClientOrderId: clientOrderId,
        timestamp: String(Date.now()),
      }).toString();
      const signature = createHmac('sha256', keys.secret).update(query).digest('hex');
      const headers = { 'x-mbx-apikey': keys.apiKey };
      const response = await fetch(`${server.url}/api/v3/order?${query}&signature=${signature}`, {
        method: 'POST',
        headers,
      });
      if (!response.ok) throw new Error(await response.text());
    },
    withWrongKey: () => open({ keys: async () => ({ apiKey: 'somebody-else', secret: 'guess' }) }),
    overRest: () => open({ submit: { ...QUICK.submit, via: 'rest' } }),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((exchange) => exchange.close()));
      await server.close();
    },
  };
}
