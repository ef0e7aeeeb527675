import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CandleSlice } from './candle-slice.ts';
import { type SpawnedProcess, spawnProgram } from './spawned-process.ts';

/** The exchange's own books, as its side door gives them. */
const booksSchema = z.object({
  marketTime: z.number(),
  balances: z.record(z.string(), z.object({ free: z.string(), locked: z.string() })),
  orders: z.array(
    z.looseObject({
      id: z.number(),
      clientOrderId: z.string(),
      status: z.string(),
      side: z.string(),
      filled: z.string(),
    }),
  ),
  trades: z.array(
    z.looseObject({
      id: z.number(),
      orderId: z.number(),
      clientOrderId: z.string(),
      side: z.string(),
      price: z.string(),
      quantity: z.string(),
      fee: z.string(),
      feeAsset: z.string(),
      at: z.number(),
    }),
  ),
});

export type BooksOfExchange = z.infer<typeof booksSchema>;

/** The side door of a running paper exchange. */
export interface ExchangeControl {
  control(path: string, body?: object): Promise<unknown>;
  books(): Promise<BooksOfExchange>;
  /** Market milliseconds a wall millisecond. */
  run(speed: number): Promise<void>;
  pause(): Promise<void>;
}

/** A paper exchange in a process of its own, which can be killed and comes back with its books on the same port. */
export interface ExchangeProcess extends ExchangeControl {
  readonly url: string;
  readonly keysFile: string;
  readonly process: () => SpawnedProcess;
  start(): Promise<void>;
}

export function controlExchange(url: string): ExchangeControl {
  async function control(path: string, body?: object): Promise<unknown> {
    const post = { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${url}/control/${path}`, body === undefined ? {} : post);
    const text = await response.text();
    if (!response.ok) throw new Error(`/control/${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }
  return {
    control,
    books: async () => booksSchema.parse(await control('books')),
    run: async (speed) => void (await control('start', { speed })),
    pause: async () => void (await control('pause', {})),
  };
}

const KEYS = { apiKey: 'key-of-the-test', secret: 'secret-of-the-test' };

export async function startExchangeProcess(options: {
  readonly directory: string;
  readonly candles: CandleSlice;
  /** Place of the first bar that is played. */
  readonly liveFrom: number;
  /** One market where absent; several play the same candles and share the account. */
  readonly symbols?: readonly string[];
  /** With it the caller ends the process. */
  readonly keep?: boolean;
}): Promise<ExchangeProcess> {
  const { directory, candles, liveFrom, symbols = [], keep = false } = options;
  const keysFile = join(directory, 'keys.json');
  writeFileSync(keysFile, JSON.stringify(KEYS), { mode: 0o600 });
  let port = 0;
  let running: SpawnedProcess;

  async function start(): Promise<void> {
    const data = ['--data', candles.path, '--live-from', String(candles.openTime(liveFrom))];
    const place = ['--port', String(port), '--state', join(directory, 'exchange.db')];
    const markets = symbols.length === 0 ? [] : ['--symbol', symbols.join(',')];
    const env = { ARES_PAPER_API_KEY: KEYS.apiKey, ARES_PAPER_SECRET: KEYS.secret };
    running = spawnProgram('apps/paper-exchange/main.ts', { args: [...data, ...place, ...markets], env, keep });
    port = Number((await running.says(/"port":(\d+)/))[1]);
  }

  await start();
  const url = `http://127.0.0.1:${port}`;
  return { url, keysFile, process: () => running, start, ...controlExchange(url) };
}
