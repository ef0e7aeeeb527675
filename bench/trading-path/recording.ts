import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { BUNDLED_CANDLES } from '../../apps/local/paper-market.ts';
import { readFrameFile } from '../../apps/paper-exchange/frame-file.ts';
import { readCandleFile } from '../../src/adapters/local/candle-file.ts';
import { AresError } from '../../src/core/ares-error.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { fileOf } from '../measure/named-folder.ts';

const BAR = 60_000;
/** As many as a bot recomputes at every candle, and more than features need. */
const HISTORY_BARS = 1_000;
const tradeFrame = z.object({ data: z.object({ e: z.literal('trade'), p: z.string(), T: z.number() }) });

export interface Recording {
  /** Frames at the times they were received. */
  readonly path: string;
  readonly texts: readonly string[];
  /** When each came, in milliseconds since the first. */
  readonly times: Float64Array;
  readonly startedAt: number;
  /** Closed bars up to its first minute. */
  readonly history: readonly Candle[];
}

/**
 * Five recorded minutes of Binance, and a past for them: the recording has none, and features want hours. It is made of the bundled candles, moved in time and
 * price to where the recording begins, which costs the features what any candles would.
 *
 * @throws AresError `BENCH_DATA_MISSING`, `FRAMES_INVALID`
 */
export async function readRecording(): Promise<Recording> {
  const path = fileOf('ARES_DATA', 'btcusdt-spot-stream-20240809.jsonl.gz');
  const { texts, times, startedAt } = await readFrameFile(path, 'BTCUSDT');
  const first = texts.find((text) => text.startsWith('{"stream":"btcusdt@trade"'));
  if (first === undefined) throw new AresError('FRAMES_INVALID', `${path} must hold trades, held none`, { path });
  const { p, T } = tradeFrame.parse(JSON.parse(first)).data;
  const { candles } = await readCandleFile(BUNDLED_CANDLES);
  const past = candles.slice(-HISTORY_BARS);
  const scale = Number(p) / (past.at(-1)?.close ?? Number.NaN);
  const begin = (Math.floor(T / BAR) - past.length) * BAR;
  const moved = past.map(({ open, high, low, close, volume }, index) => ({
    openTime: epochMillis(begin + index * BAR),
    open: open * scale,
    high: high * scale,
    low: low * scale,
    close: close * scale,
    volume,
  }));
  return { path, texts, times, startedAt, history: moved };
}

/** Writes the same frames in the same order, one every so many microseconds: what nobody listens to takes no time. */
export function writeEvenly({ texts, startedAt }: Recording, spacingUs: number, path: string): void {
  let nanos = BigInt(startedAt) * 1_000_000n;
  const lines = texts.map((text) => {
    if (!text.includes('@depth')) nanos += BigInt(spacingUs) * 1_000n;
    return `${nanos} ${text}\n`;
  });
  writeFileSync(path, lines.join(''));
}

/** Writes the first minute as it was received. */
export function writeFirstMinute({ texts, times, startedAt }: Recording, path: string): void {
  const begin = BigInt(startedAt) * 1_000_000n;
  const count = times.findIndex((millis) => millis >= BAR);
  const lines = texts
    .slice(0, count)
    .map((text, index) => `${begin + BigInt(Math.round((times[index] as number) * 1e6))} ${text}\n`);
  writeFileSync(path, lines.join(''));
}
