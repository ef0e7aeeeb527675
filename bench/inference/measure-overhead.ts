import { setTimeout as sleep } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { openNativeSession } from '../../src/adapters/inference/onnx-binding.ts';
import { onnxPredictorLoader } from '../../src/adapters/inference/onnx-predictor-loader.ts';
import { AresError } from '../../src/core/ares-error.ts';
import { type Percentiles, percentilesOf } from '../measure/percentiles.ts';
import type { BenchModel } from './bench-models.ts';

const OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
} as const;

/** Calls of one way before it is another's turn: what else the machine does meets all of them. */
const BLOCK = 50;
const WARM_UP = 1_500;
const IDLE_MS = 10;
const MOST_IDLE = 150;
const BATCH_ROWS = 4_096;

/** One row, call to answer, by each way in the same run. */
export interface WaysFigures {
  /** `predictor.predict`, awaited as the engine awaits it. */
  readonly ares: Percentiles;
  /** `session.run` of the runtime's public interface. */
  readonly sessionRun: Percentiles;
  /** The native binding with nothing around it: what no wrapper can be faster than. */
  readonly binding: Percentiles;
}

export interface ModelRun {
  readonly straight: WaysFigures;
  /** The same after the process has slept: caches lost, as when a bar closes. */
  readonly afterIdle: WaysFigures;
  /** A row of many, in µs. */
  readonly batchRowUs: number;
}

type Way = keyof WaysFigures;
const ways = ['ares', 'sessionRun', 'binding'] as const satisfies readonly Way[];

async function timeOne(call: (row: Float32Array) => unknown, row: Float32Array): Promise<number> {
  const started = performance.now();
  const answer = call(row);
  // A promise is waited for; a number is there.
  if (answer instanceof Promise) await answer;
  return performance.now() - started;
}

const figuresOf = (millis: Readonly<Record<Way, number[]>>): WaysFigures => ({
  ares: percentilesOf(millis.ares),
  sessionRun: percentilesOf(millis.sessionRun),
  binding: percentilesOf(millis.binding),
});
const nothing = (): Record<Way, number[]> => ({ ares: [], sessionRun: [], binding: [] });

/** @param calls of each way @throws AresError `BENCH_UNAVAILABLE` where the runtime's binding is not there to compare with */
export async function measureOverhead(model: BenchModel, calls: number): Promise<ModelRun> {
  if (!openNativeSession) throw new AresError('BENCH_UNAVAILABLE', "the runtime's native binding must be there");
  const predictor = await onnxPredictorLoader().load(model.signed);
  const session = await ort.InferenceSession.create(model.plain, OPTIONS);
  const native = openNativeSession();
  native.loadModel(model.plain.buffer, model.plain.byteOffset, model.plain.byteLength, OPTIONS);
  const tensorOf = (row: Float32Array) => new ort.Tensor('float32', row, [1, row.length]);
  const by: Readonly<Record<Way, (row: Float32Array) => unknown>> = {
    ares: (row) => predictor.predict(row),
    sessionRun: (row) => session.run({ input: tensorOf(row) }, ['probabilities']),
    binding: (row) => native.run({ input: tensorOf(row) }, { probabilities: null }, {}).probabilities?.data,
  };
  const row = (i: number) => model.rows[i % model.rows.length] as Float32Array;

  for (const way of ways) for (let i = 0; i < WARM_UP; i += 1) await timeOne(by[way], row(i));
  const straight = nothing();
  for (let done = 0; done < calls; done += BLOCK) {
    for (const way of ways)
      for (let i = 0; i < BLOCK; i += 1) straight[way].push(await timeOne(by[way], row(done + i)));
  }
  const afterIdle = nothing();
  for (let i = 0; i < Math.min(MOST_IDLE, calls); i += 1) {
    for (const way of ways) {
      await sleep(IDLE_MS);
      afterIdle[way].push(await timeOne(by[way], row(i)));
    }
  }
  const width = row(0).length;
  const many = Float32Array.from(
    { length: BATCH_ROWS * width },
    (_, i) => row(Math.floor(i / width))[i % width] as number,
  );
  await predictor.predictBatch(many);
  const started = performance.now();
  await predictor.predictBatch(many);
  const batchRowUs = ((performance.now() - started) * 1_000) / BATCH_ROWS;

  await predictor.release();
  await session.release();
  native.dispose();
  return { straight: figuresOf(straight), afterIdle: figuresOf(afterIdle), batchRowUs };
}
