import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { AresError, messageOf } from '../../src/core/ares-error.ts';

/** Frames as they were received: one text each, and when, in ms since the first. */
export interface RecordedFrames {
  readonly texts: readonly string[];
  readonly times: Float64Array;
  /** Receive time of the first, in ms since 1970. */
  readonly startedAt: number;
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new AresError(
      'FRAMES_INVALID',
      `${path} must be a complete file of frames (${messageOf(error)})`,
      { path },
      error,
    );
  }
}

/**
 * Reads recorded frames: each line a receive time in ns since 1970, a space, and a frame of Binance's combined stream.
 *
 * @param symbolId only frames of this market are taken, like `BTCUSDT`
 * @throws AresError `FRAMES_INVALID` naming the line, what must be and what was
 */
export async function readFrameFile(path: string, symbolId: string): Promise<RecordedFrames> {
  const opening = `{"stream":"${symbolId.toLowerCase()}@`;
  const lines = (await readText(path)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const texts: string[] = [];
  const nanos: bigint[] = [];
  for (const [i, line] of lines.entries()) {
    const match = /^(\d{19}) (\{.*\})\r?$/.exec(line);
    const [ns, text] = [match?.[1], match?.[2]];
    if (ns === undefined || !text?.startsWith(opening)) {
      const must = `a receive time in ns and a frame starting with ${opening}`;
      throw new AresError('FRAMES_INVALID', `${path}: line ${i + 1}: must be ${must}, was "${line.slice(0, 80)}"`, {
        path,
        line: i + 1,
      });
    }
    nanos.push(BigInt(ns));
    texts.push(text);
  }
  const first = nanos[0];
  if (first === undefined)
    throw new AresError('FRAMES_INVALID', `${path} must hold at least one frame, was empty`, { path });
  return {
    texts,
    times: Float64Array.from(nanos, (ns) => Number(ns - first) / 1e6),
    startedAt: Number(first / 1_000_000n),
  };
}
