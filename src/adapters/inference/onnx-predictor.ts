import type ort from 'onnxruntime-node';
import { AresError } from '../../core/ares-error.ts';
import type { ModelSignature } from '../../core/models/signature.ts';
import type { ModelHash } from '../../core/ports/model-store.ts';
import type { Predictor } from '../../core/ports/predictor.ts';
import { runRows } from './onnx-session.ts';

/** Rows run in one go: about a millisecond, after which the event loop gets its turn. */
const BATCH_ROWS = 512;

/**
 * A predictor over a session, which it owns from now on.
 *
 * Rows are copied when handed over, because ONNX Runtime reads them a turn of the event loop later. A tensor kept and filled again was measured to gain 0.3 µs of 10,
 * and would have predictions under way at the same time overwrite each other's rows.
 */
export function onnxPredictor(
  session: ort.InferenceSession,
  signature: ModelSignature,
  modelHash: ModelHash,
): Predictor {
  const width = signature.features.length;
  let underWay = 0;
  let released: Promise<void> | undefined;
  let drained = () => {};

  async function run<T>(rows: Float32Array, task: (rows: Float32Array) => Promise<T>): Promise<T> {
    if (released)
      throw new AresError('PREDICTOR_RELEASED', `model ${modelHash} must be loaded to predict, was released`);
    if (rows.length % width !== 0) {
      throw new AresError('PREDICTION_INVALID', `rows must have ${width} values each, had ${rows.length} in all`);
    }
    underWay += 1;
    try {
      return await task(rows.slice());
    } finally {
      underWay -= 1;
      if (underWay === 0) drained();
    }
  }

  return {
    modelHash,
    signature,
    async predict(row) {
      if (row.length !== width && !released) {
        throw new AresError('PREDICTION_INVALID', `a row must have ${width} values, had ${row.length}`);
      }
      const [probability] = await run(row, (copy) => runRows(session, signature, copy, width));
      return probability as number;
    },
    predictBatch(rows) {
      return run(rows, async (copy) => {
        const probabilities = new Float32Array(copy.length / width);
        for (let row = 0; row < probabilities.length; row += BATCH_ROWS) {
          const batch = copy.slice(row * width, (row + BATCH_ROWS) * width);
          probabilities.set(await runRows(session, signature, batch, width), row);
        }
        return probabilities;
      });
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
