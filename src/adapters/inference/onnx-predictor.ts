import { setImmediate as nextTurn } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { AresError } from '../../core/ares-error.ts';
import type { ModelSignature } from '../../core/models/signature.ts';
import type { ModelHash } from '../../core/ports/model-store.ts';
import type { Predictor } from '../../core/ports/predictor.ts';
import type { OnnxSession } from './onnx-session.ts';
import { readProbability, runFailed } from './read-probabilities.ts';
import { runRows } from './run-rows.ts';

/** Rows run in one go: about a millisecond, after which the event loop gets its turn. */
const BATCH_ROWS = 512;
/** Single rows run in one go, for models that are not run in batches. */
const TURN_ROWS = 128;

/** What a predictor is made of. */
export interface PredictorParts {
  readonly session: OnnxSession;
  readonly signature: ModelSignature;
  readonly modelHash: ModelHash;
  /** Whether the model computes a row by itself whatever rows it comes with, to the last bit. */
  readonly batches: boolean;
}

/**
 * A predictor over a session, which it owns from now on.
 *
 * Where the session is immediate, one tensor is kept and filled again for every single row: a call has read it before it returns, so no two can meet in it.
 */
export function onnxPredictor({ session, signature, modelHash, batches }: PredictorParts): Predictor {
  const width = signature.features.length;
  const kept = new Float32Array(width);
  const keptTensor = new ort.Tensor('float32', kept, [1, width]);
  let underWay = 0;
  let released: Promise<void> | undefined;
  let drained = () => {};

  const refuseReleased = () => {
    if (!released) return;
    throw new AresError('PREDICTOR_RELEASED', `model ${modelHash} must be loaded to predict, was released`);
  };

  /** Holds back a release until the task is done. */
  async function guarded<T>(task: () => Promise<T>): Promise<T> {
    underWay += 1;
    try {
      return await task();
    } finally {
      underWay -= 1;
      if (underWay === 0) drained();
    }
  }

  function runNow(): number {
    let output: ReturnType<OnnxSession['run']>;
    try {
      output = session.run(keptTensor);
    } catch (cause) {
      throw runFailed(1, width, cause);
    }
    // An immediate session's answer is no promise.
    return readProbability(output as Exclude<typeof output, Promise<unknown>>);
  }

  async function runLater(row: Float32Array): Promise<number> {
    const probability = new Float32Array(1);
    await guarded(() => runRows(session, row.slice(), width, probability, 0));
    return probability[0] as number;
  }

  return {
    modelHash,
    signature,
    predict(row) {
      refuseReleased();
      if (row.length !== width) {
        throw new AresError('PREDICTION_INVALID', `a row must have ${width} values, had ${row.length}`);
      }
      if (!session.immediate) return runLater(row);
      kept.set(row);
      return runNow();
    },
    async predictBatch(rows) {
      refuseReleased();
      if (rows.length % width !== 0) {
        throw new AresError('PREDICTION_INVALID', `rows must have ${width} values each, had ${rows.length} in all`);
      }
      const copy = rows.slice();
      const count = copy.length / width;
      const probabilities = new Float32Array(count);
      const step = batches ? BATCH_ROWS : 1;
      await guarded(async () => {
        for (let row = 0; row < count; row += step) {
          await runRows(session, copy.subarray(row * width, (row + step) * width), width, probabilities, row);
          if (session.immediate && (batches || row % TURN_ROWS === 0)) await nextTurn();
        }
      });
      return probabilities;
    },
    release() {
      released ??= new Promise<void>((resolve) => {
        drained = resolve;
        if (underWay === 0) resolve();
      }).then(() => session.release());
      return released;
    },
  };
}
