import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CandleSlice } from '../../support/candle-slice.ts';

const BUNDLED = new URL('../../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url);
const BAR = 60_000;

/** The bundled candles, moved in time so that the bar with place `live` opens `ago` bars before now: deployed functions live by the wall clock. */
export function writeRecentCandles(path: string, bars: number, live: number, ago: number): CandleSlice {
  const [header, ...rows] = gunzipSync(readFileSync(BUNDLED))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(0, bars + 1);
  const start = (Math.floor(Date.now() / BAR) - ago - live) * BAR;
  const moved = rows.map((row, bar) => [start + bar * BAR, ...row.split(',').slice(1)].join(','));
  writeFileSync(path, `${[header, ...moved].join('\n')}\n`);
  return { path, openTime: (bar) => start + bar * BAR };
}
