import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ccxt from 'ccxt';
import WebSocket from 'ws';
import type { PaperExchangeOptions } from '../../../apps/paper-exchange/options.ts';

export const KEYS = { apiKey: 'key-of-the-test', secret: 'secret-of-the-test' };
export const START = Date.UTC(2024, 0, 1);
export const MINUTE = 60_000;

export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars around 40,000 that wander up and down by hundredths. */
export function wanderingBars(count: number): Bar[] {
  return Array.from({ length: count }, (_, i) => {
    const open = 40_000 + Math.round(Math.sin(i / 5) * 10_000) / 100;
    const close = 40_000 + Math.round(Math.sin((i + 1) / 5) * 10_000) / 100;
    return { open, close, high: Math.max(open, close) + 10, low: Math.min(open, close) - 10, volume: 55 };
  });
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'paper-exchange-'));

export function candleFileOf(bars: readonly Bar[], folder = temporaryFolder()): string {
  const rows = bars.map(({ open, high, low, close, volume }, i) =>
    [START + i * MINUTE, open, high, low, close, volume].join(','),
  );
  const path = join(folder, 'candles.csv');
  writeFileSync(path, `${['ts_ms,open,high,low,close,volume', ...rows].join('\n')}\n`);
  return path;
}

export function optionsFor(data: string, changes: Partial<PaperExchangeOptions> = {}): PaperExchangeOptions {
  return {
    port: 0,
    data,
    symbol: 'BTC/USDT',
    liveFrom: START + 10 * MINUTE,
    speed: 60,
    lockstep: false,
    quoteBalance: '10000',
    ackTimeout: 2_000,
    weightLimit: 100_000,
    ...KEYS,
    ...changes,
  };
}

/** The exchange's side door. */
export function controlOf(url: string) {
  return async (method: 'GET' | 'POST', path: string, body?: object) => {
    const response = await fetch(`${url}/control/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
}

/** A ccxt client as it comes, only with other addresses. */
export async function ccxtClient(url: string) {
  const sockets = url.replace('http', 'ws');
  const client = new ccxt.pro.binance({
    ...KEYS,
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchCurrencies: false, fetchMargins: false },
    urls: {
      api: {
        public: `${url}/api/v3`,
        private: `${url}/api/v3`,
        v1: `${url}/api/v1`,
        sapi: `${url}/sapi/v1`,
        ws: { spot: `${sockets}/ws`, margin: `${sockets}/ws`, 'ws-api': { spot: `${sockets}/ws-api/v3` } },
      },
    },
  });
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return client;
}

/** Sends one request as it stands, of `/api/v3/` where the path is not absolute; with `sign`, signed as Binance wants it. */
export async function request(
  url: string,
  method: string,
  path: string,
  parameters: Readonly<Record<string, string | number>> = {},
  sign: { readonly timestamp?: number; readonly secret?: string; readonly apiKey?: string } | false = {},
) {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  if (sign) {
    query.set('timestamp', String(sign.timestamp ?? Date.now()));
    query.set(
      'signature',
      createHmac('sha256', sign.secret ?? KEYS.secret)
        .update(query.toString())
        .digest('hex'),
    );
  }
  const headers: Record<string, string> = sign ? { 'x-mbx-apikey': sign.apiKey ?? KEYS.apiKey } : {};
  const base = path.startsWith('/') ? path : `/api/v3/${path}`;
  const response = await fetch(`${url}${base}?${query}`, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

type Frame = Record<string, unknown>;

/** A bare socket that keeps what it gets. */
export async function openSocket(url: string, path: string) {
  const socket = new WebSocket(url.replace('http', 'ws') + path);
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    frames,
    send: (message: object) => socket.send(JSON.stringify(message)),
    /** The first frame that fits, when it is there. */
    async until(fits: (frame: Frame) => boolean, within = 2_000): Promise<Frame> {
      const deadline = Date.now() + within;
      for (;;) {
        const found = frames.find(fits);
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`no such frame within ${within} ms among ${frames.length}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

export function signedSocketParameters(parameters: Readonly<Record<string, string | number>>) {
  const all = { ...parameters, apiKey: KEYS.apiKey, timestamp: Date.now() };
  const payload = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return { ...all, signature: createHmac('sha256', KEYS.secret).update(payload).digest('hex') };
}

/** Waits until something holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, within = 3_000): Promise<void> {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come to hold within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
