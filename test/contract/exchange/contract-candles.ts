import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readCandleFile } from '../../../src/adapters/local/candle-file.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';

const CANDLES = new URL('../../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url).pathname;
/** 2022-01-03T00:00Z: two days of bars lie before. */
export const LIVE_FROM = 1_641_168_000_000;

/** Both with real candles: those of the second are the first's at a sixteenth of the price. */
export const SYMBOLS = ['BTC/USDT', 'ETH/USDT'] as const;
const SHARE = 16;

let read: Promise<readonly Candle[]> | undefined;
let written: Promise<string> | undefined;
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Four days: each exchange that a spec opens reads them. */
const BARS = 5_760;

/** One-minute candles of the first market. */
export function contractCandles(): Promise<readonly Candle[]> {
  read ??= readCandleFile(CANDLES).then(({ candles }) => candles.slice(0, BARS));
  return read;
}

const scaled = (candles: readonly Candle[]): readonly Candle[] =>
  candles.map(({ openTime, open, high, low, close, volume }) => {
    const share = (price: number) => Number((price / SHARE).toFixed(2));
    return { openTime, open: share(open), high: share(high), low: share(low), close: share(close), volume };
  });

export const otherCandles = async (): Promise<readonly Candle[]> => scaled(await contractCandles());

/** Files of both markets, as the paper exchange takes them. */
export function candleFiles(): Promise<string> {
  written ??= Promise.all([contractCandles(), otherCandles()]).then((markets) => {
    const folder = mkdtempSync(join(tmpdir(), 'ares-contract-'));
    folders.push(folder);
    const paths = markets.map((candles, market) => {
      const path = join(folder, `${market}.csv`);
      const rows = candles.map(({ openTime, open, high, low, close, volume }) =>
        [openTime, open, high, low, close, volume].join(','),
      );
      writeFileSync(path, ['ts_ms,open,high,low,close,volume', ...rows].join('\n'));
      return path;
    });
    return paths.join(',');
  });
  return written;
}

export const upcomingCandles = async (marketTime: number, bars: number): Promise<readonly Candle[]> => {
  const candles = await contractCandles();
  const next = candles.findIndex((candle) => candle.openTime >= marketTime);
  return candles.slice(next, next + bars);
};
