import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalProcess, startProcess } from './child-process.ts';

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
      '--port', '0', '--data', market.candles, '--symbol', market.symbol, '--live-from', String(market.liveFrom), '--state', join(dataDir, 'paper-exchange.db'),
      '--quote-balance', market.quoteBalance, ...(market.lockstep ? ['--lockstep'] : []),
    ],
    // Not on the command line, where every user of the machine could read them.
    env: { ARES_PAPER_API_KEY: apiKey, ARES_PAPER_SECRET: secret },
    logFile: join(dataDir, 'logs', 'paper-exchange.log'),
  });
  return { process, url: `http://127.0.0.1:${process.ready.port}`, keysFile };
}

function readOrMakeKeys(dataDir: string, file: string): { readonly apiKey: string; readonly secret: string } {
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const keys = { apiKey: randomBytes(16).toString('hex'), secret: randomBytes(32).toString('hex') };
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
