import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import { type LocalProcess, startProcess } from './child-process.ts';

const keysSchema = z.object({ apiKey: z.string().min(1), secret: z.string().min(1) });
type ExchangeKeys = z.infer<typeof keysSchema>;

export const BUNDLED_CANDLES = new URL('../paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url).pathname;

export interface PaperMarket {
  readonly process: LocalProcess;
  readonly url: string;
  readonly keysFile: string;
}

/** Starts the paper exchange on a port of its own, with keys made at the first start. */
export async function startPaperMarket(market: {
  readonly dataDir: string;
  readonly candles: string;
  readonly symbol: string;
  readonly liveFrom: number;
  readonly quoteBalance: string;
  readonly lockstep: boolean;
}): Promise<PaperMarket> {
  const { dataDir } = market;
  const keysFile = join(dataDir, 'paper-keys.json');
  const { apiKey, secret } = readOrMakeKeys(dataDir, keysFile);
  const process = await startProcess({
    name: 'paper exchange',
    entry: new URL('../paper-exchange/main.ts', import.meta.url),
    args: [
      '--port',
      '0',
      '--data',
      market.candles,
      '--symbol',
      market.symbol,
      '--live-from',
      String(market.liveFrom),
      '--state',
      join(dataDir, 'paper-exchange.db'),
      '--quote-balance',
      market.quoteBalance,
      ...(market.lockstep ? ['--lockstep'] : []),
    ],
    // Not on the command line, where every user of the machine could read them.
    env: { ARES_PAPER_API_KEY: apiKey, ARES_PAPER_SECRET: secret },
    logFile: join(dataDir, 'logs', 'paper-exchange.log'),
  });
  return { process, url: `http://127.0.0.1:${process.ready.port}`, keysFile };
}

function readOrMakeKeys(dataDir: string, file: string): ExchangeKeys {
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const keys = { apiKey: randomBytes(16).toString('hex'), secret: randomBytes(32).toString('hex') };
    // Under its name only once it is whole: a start that is killed here leaves nothing the next would stumble over.
    writeFileSync(`${file}.part`, JSON.stringify(keys), { mode: 0o600 });
    renameSync(`${file}.part`, file);
  }
  const text = readFileSync(file, 'utf8');
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch {
    // Without the cause: a parser's message may quote the secret.
    throw new AresError(
      'KEYS_INVALID',
      `${file} must be JSON with apiKey and secret, was not. Remove it: the next start makes new keys for the paper exchange.`,
      { file },
    );
  }
}
