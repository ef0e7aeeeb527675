import { Agent, request } from 'node:http';
import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { ReplayControl } from '../../core/ports/replay-control.ts';

const time = z
  .number()
  .int()
  .transform((value) => epochMillis(value));
const counts = z.object({ candles: z.number(), trades: z.number(), bookTops: z.number() });
const statusSchema = z.object({
  mode: z.enum(['paused', 'continuous', 'lockstep', 'finished']),
  marketTime: time,
  remaining: z.number(),
  sent: counts,
  acknowledged: counts.nullable(),
});
const stepSchema = z.object({ barClose: time, remaining: z.number() });
const booksSchema = z.object({
  balances: z.record(z.string(), z.object({ free: z.string(), locked: z.string() })),
  initialBalances: z.record(z.string(), z.string()),
  orders: z.array(z.looseObject({ clientOrderId: z.string(), status: z.string() })),
  trades: z.array(z.unknown()),
});

/** The control endpoint of the paper exchange. */
export function createReplayControl(url: string): ReplayControl {
  // One connection for a whole run: a new one a bar would double the time of a step.
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });

  const call = (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const failed = (what: string, cause?: unknown) =>
        reject(
          new AresError(
            'REPLAY_CONTROL_FAILED',
            `the paper exchange must answer ${method} /control/${path}, ${what}`,
            { path },
            cause,
          ),
        );
      const sent = request(
        new URL(`/control/${path}`, url),
        { method, agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => failed('broke off', error));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode !== 200) return failed(`answered ${response.statusCode}: ${text.slice(0, 300)}`);
            try {
              resolve(JSON.parse(text));
            } catch (error) {
              failed(`answered what is not JSON: ${text.slice(0, 100)}`, error);
            }
          });
        },
      );
      sent.on('error', (error) => failed('did not answer', error));
      sent.end(body ? JSON.stringify(body) : undefined);
    });

  return {
    start: async (speed) => void (await call('POST', 'start', { speed })),
    step: async () => stepSchema.parse(await call('POST', 'step', { bars: 1 })),
    acknowledge: async (barClose, { candles, trades, bookTops }) =>
      void (await call('POST', 'ack', { trader: 'trader', barClose, candles, trades, bookTops })),
    status: async () => statusSchema.parse(await call('GET', 'status')),
    books: async () => booksSchema.parse(await call('GET', 'books')),
  };
}
