import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { startProcess } from '../../apps/local/child-process.ts';
import { AresError } from '../../src/core/ares-error.ts';

const progress = z.object({ mode: z.string() });
const books = z.object({ balances: z.record(z.string(), z.object({ free: z.string(), locked: z.string() })) });

/** The paper exchange in a process of its own, playing recorded frames. */
export interface ReplayMarket {
  readonly url: string;
  readonly keys: { readonly apiKey: string; readonly secret: string };
  start(speed: number): Promise<void>;
  isOver(): Promise<boolean>;
  /** What the account holds of an asset, in the exchange's own books. */
  holding(asset: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startReplayMarket(frames: string, folder: string): Promise<ReplayMarket> {
  const keys = { apiKey: randomBytes(16).toString('hex'), secret: randomBytes(32).toString('hex') };
  const exchange = await startProcess({
    name: 'paper exchange',
    entry: new URL('../../apps/paper-exchange/main.ts', import.meta.url),
    args: ['--port', '0', '--frames', frames],
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
    keys,
    start: async (speed) => void (await control('POST', 'start', { speed })),
    isOver: async () => progress.parse(await control('GET', 'status')).mode === 'finished',
    async holding(asset) {
      const { balances } = books.parse(await control('GET', 'books'));
      return balances[asset]?.free ?? '0';
    },
    stop: () => exchange.stop(),
  };
}
