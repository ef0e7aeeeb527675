import { setTimeout as sleep } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { createAnchoredSegment } from '../../src/core/features/anchored-segment.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { selectFeatures } from '../../src/core/features/feature-columns.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import { gatherColumns } from '../../src/core/features/gather-columns.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { selectColumns } from '../../src/core/models/select-columns.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Predictor } from '../../src/core/ports/predictor.ts';
import { type Percentiles, percentilesOf } from '../measure/percentiles.ts';
import type { PeerModel } from './peer-model.ts';

const WARM_UP = 1_500;
const MOST = { repeats: 3_000, frames: 60, afterIdle: 200 };
const IDLE_MS = 10;

/** The parts of a decision by themselves, and what bounds them; each straight after the other unless told otherwise. */
export interface Limits {
  /** Features of the open bar as Ares computes them: one bar more. */
  readonly preview: Percentiles;
  /** The same features over a frame of 1,000 candles, as a bot pays that recomputes its frame. */
  readonly frame: Percentiles;
  /** A row through Ares' predictor. */
  readonly predictor: Percentiles;
  /** The same row through onnxruntime-node with nothing around it. */
  readonly rawInference: Percentiles;
  /** Features and prediction after the process has slept 10 ms: the same code, out of caches that were lost meanwhile. */
  readonly afterIdle: { readonly preview: Percentiles; readonly predictor: Percentiles };
}

async function timed(repeats: number, task: () => unknown, before: () => unknown = () => undefined) {
  const millis: number[] = [];
  for (let i = 0; i < repeats; i += 1) {
    await before();
    const started = performance.now();
    await task();
    millis.push(performance.now() - started);
  }
  return percentilesOf(millis);
}

/** Without a turn of the event loop, which nothing here needs. */
function timedNow(repeats: number, task: () => unknown): Percentiles {
  const millis: number[] = [];
  for (let i = 0; i < repeats; i += 1) {
    const started = performance.now();
    task();
    millis.push(performance.now() - started);
  }
  return percentilesOf(millis);
}

function recomputeFrame(frame: readonly Candle[]): Float32Array {
  const row = new Float32Array(aresCore.features.length);
  const segment = createAnchoredSegment(row.length, 0, selectFeatures(aresCore));
  for (const candle of frame) {
    segment.close(candle);
    segment.write(row);
  }
  return row;
}

/**
 * @param history the 1,000 candles before the open one
 * @param samples what the bench aims at: fewer than usual make this shorter too
 */
export async function measureLimits(
  history: readonly Candle[],
  model: PeerModel,
  predictor: Predictor,
  samples: number,
): Promise<Limits> {
  const repeats = Math.min(MOST.repeats, 10 * samples);
  const idle = Math.min(MOST.afterIdle, samples);
  const last = history.at(-1) as Candle;
  const open = { ...last, openTime: epochMillis(last.openTime + 60_000) };
  const computer = createFeatureComputer(aresCore, timeframe('1m'));
  for (const candle of history) computer.close(candle);
  const columns = selectColumns(predictor.signature, aresCore);
  const preview = () => computer.preview(open) as Float32Array;
  const row = gatherColumns(preview(), aresCore.features.length, columns);
  const session = await ort.InferenceSession.create(model.plain, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const raw = () => session.run({ input: new ort.Tensor('float32', row, [1, row.length]) }, ['probabilities']);
  const predict = () => predictor.predict(row);

  await timed(WARM_UP, preview);
  await timed(WARM_UP, predict);
  await timed(WARM_UP, raw);
  timedNow(10, () => recomputeFrame(history));
  const limits: Limits = {
    preview: timedNow(repeats, preview),
    frame: timedNow(Math.min(MOST.frames, samples), () => recomputeFrame(history)),
    predictor: await timed(repeats, predict),
    rawInference: await timed(repeats, raw),
    afterIdle: {
      preview: await timed(idle, preview, () => sleep(IDLE_MS)),
      predictor: await timed(idle, predict, () => sleep(IDLE_MS)),
    },
  };
  await session.release();
  return limits;
}
