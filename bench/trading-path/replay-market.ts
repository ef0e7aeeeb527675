import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { startProcess } from '../../apps/local/child-process.ts';
import { AresError } from '../../src/core/ares-error.ts';

const progress = z.object({
  mode: z.string(),
  sent: z.object({ candles: z.number(), trades: z.number(), bookTops: z.number() }),
});
const books = z.object({ balances: z.record(z.string(), z.object({ free: z.string(), locked: z.string() })) });

/** The paper exchange in a process of its own, playing recorded frames. */
export interface ReplayMarket {
  readonly url: string;
  readonly pid: number;
  /** The recorded one first. */
  readonly symbols: readonly string[];
  readonly keys: { readonly apiKey: string; readonly secret: string };
  start(speed: number): Promise<void>;
  pause(): Promise<void>;
  isOver(): Promise<boolean>;
  /** Frames written to sockets so far, by kind. */
  sent(): Promise<{ readonly candles: number; readonly trades: number; readonly bookTops: number }>;
  /** What the account holds of an asset, in the exchange's own books. */
  holding(asset: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param symbols how many markets play the same frames, on one account */
export async function startReplayMarket(frames: string, folder: string, symbols = 1): Promise<ReplayMarket> {
  const names = ['BTC/USDT', ...Array.from({ length: symbols - 1 }, (_, n) => `X${n + 1}/USDT`)];
  const keys = { apiKey: randomBytes(16).toString('hex'), secret: randomBytes(32).toString('hex') };
  const exchange = await startProcess({
    name: 'paper exchange',
    entry: new URL('../../apps/paper-exchange/main.ts', import.meta.url),
    args: ['--port', '0', '--frames', frames, '--symbol', names.join(','), '--quote-balance', '1000000'],
    env: { ARES_PAPER_API_KEY: keys.apiKey, ARES_PAPER_SECRET: keys.secret },
    logFile: join(folder, 'paper-exchange.log'),
  });
  const url = `http://127.0.0.1:${exchange.ready.port}`;

  async function control(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${url}/control/${path}`, init);
    if (!response.ok) {
      const text = await response.text();
      throw new AresError('REPLAY_FAILED', `the paper exchange must take ${method} ${path}, answered ${text}`);
    }
    return response.json();
  }

  return {
    url,
    pid: exchange.pid,
    symbols: names,
    keys,
    start: async (speed) => void (await control('POST', 'start', { speed })),
    isOver: async () => progress.parse(await control('GET', 'status')).mode === 'finished',
    pause: async () => void (await control('POST', 'pause', {})),
    sent: async () => progress.parse(await control('GET', 'status')).sent,
    async holding(asset) {
      const { balances } = books.parse(await control('GET', 'books'));
      return balances[asset]?.free ?? '0';
    },
    stop: () => exchange.stop(),
  };
}
