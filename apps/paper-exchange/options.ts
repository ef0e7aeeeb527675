import { parseArgs } from 'node:util';
import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import type { Speed } from './pace.ts';

export interface PaperExchangeOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Candles to play, `.csv` or `.csv.gz`: one file for every symbol, separated by commas, or one that all of them share. */
  readonly data?: string | undefined;
  /** Recorded stream frames to play in their place, `.jsonl` or `.jsonl.gz`: the first symbol's, which all the others play too. */
  readonly frames?: string | undefined;
  /** One market, or several separated by commas: they are played together and share one account. */
  readonly symbol: string;
  /** Open time, in epoch ms, of the first bar that is played; those before it are history. */
  readonly liveFrom?: number | undefined;
  /** What `/control/start` runs at when it does not say. */
  readonly speed: Speed;
  readonly lockstep: boolean;
  /** SQLite file; without one nothing outlives the process. */
  readonly state?: string | undefined;
  readonly apiKey: string;
  readonly secret: string;
  readonly quoteBalance: string;
  /** How long a step waits for the trader, in ms. */
  readonly ackTimeout: number;
  /** Request weight a minute. */
  readonly weightLimit: number;
}

const speed = z.union([z.literal('max'), z.coerce.number().positive()]);

const schema = z
  .object({
    port: z.coerce.number().int().min(0).max(65_535).default(0),
    data: z.string().min(1).optional(),
    frames: z.string().min(1).optional(),
    symbol: z.string().default('BTC/USDT'),
    'live-from': z.coerce.number().int().nonnegative().optional(),
    speed: speed.default(60),
    'frames-speed': speed.optional(),
    lockstep: z.boolean().default(false),
    state: z.string().min(1).optional(),
    'api-key': z.string({ error: 'must be given, here or as ARES_PAPER_API_KEY' }).min(1),
    secret: z.string({ error: 'must be given, here or as ARES_PAPER_SECRET' }).min(1),
    'quote-balance': z
      .string()
      .regex(/^\d+(\.\d{1,8})?$/, 'must be an amount like 10000')
      .default('10000'),
    'ack-timeout': z.coerce.number().int().positive().default(20_000),
    'weight-limit': z.coerce.number().int().positive().default(100_000),
  })
  .refine(({ data, frames }) => (data === undefined) !== (frames === undefined), {
    path: ['data'],
    error: 'must be given, or --frames in its place',
  });

const STANDARD = { frames: 1, candles: 60 };

/**
 * Reads the command line; keys may come from ARES_PAPER_API_KEY and ARES_PAPER_SECRET, where other users of the machine do not see them.
 *
 * @throws AresError `OPTIONS_INVALID`
 */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PaperExchangeOptions {
  const text = { type: 'string' } as const;
  const options = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, name === 'lockstep' ? ({ type: 'boolean' } as const) : text]),
  );
  let values: Record<string, unknown>;
  try {
    values = parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new AresError('OPTIONS_INVALID', (error as Error).message, {}, error);
  }
  const parsed = schema.safeParse({
    ...values,
    'api-key': values['api-key'] ?? environment.ARES_PAPER_API_KEY,
    secret: values.secret ?? environment.ARES_PAPER_SECRET,
  });
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`);
    throw new AresError('OPTIONS_INVALID', lines.join('; '));
  }
  const { data } = parsed;
  const standard = data.frames === undefined ? STANDARD.candles : STANDARD.frames;
  return {
    port: data.port,
    data: data.data,
    frames: data.frames,
    symbol: data.symbol,
    liveFrom: data['live-from'],
    speed: data['frames-speed'] ?? (values.speed === undefined ? standard : data.speed),
    lockstep: data.lockstep,
    state: data.state,
    apiKey: data['api-key'],
    secret: data.secret,
    quoteBalance: data['quote-balance'],
    ackTimeout: data['ack-timeout'],
    weightLimit: data['weight-limit'],
  };
}
