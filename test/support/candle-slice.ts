import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const BUNDLED = new URL('../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url);

export interface CandleSlice {
  readonly path: string;
  /** Open time of the bar with this place, from 0. */
  openTime(bar: number): number;
}

/** Some of the bundled candles in a file of their own, for tests that need not wait for all of them. */
export function writeCandleSlice(path: string, bars: number, skip = 0): CandleSlice {
  const [header, ...rows] = gunzipSync(readFileSync(BUNDLED)).toString('utf8').trimEnd().split('\n');
  const slice = rows.slice(skip, skip + bars);
  writeFileSync(path, `${[header, ...slice].join('\n')}\n`);
  return {
    path,
    openTime: (bar) => Number((slice[bar] as string).split(',')[0]),
  };
}
