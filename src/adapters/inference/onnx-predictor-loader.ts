import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { ModelHash } from '../../core/ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../../core/ports/predictor.ts';
import { readOutline } from './onnx-outline.ts';
import { onnxPredictor } from './onnx-predictor.ts';
import { createSession } from './onnx-session.ts';
import { readSignature } from './onnx-signature.ts';
import { runsInBatches } from './runs-in-batches.ts';

/** How far a golden sample's prediction may be from what the trainer's runtime gave. */
const GOLDEN_TOLERANCE = 1e-6;

/**
 * Models for ONNX Runtime, on the CPU.
 *
 * A model is loaded in the event loop's own thread, in steps with a turn of the loop between them: the longest is the runtime reading the model.
 *
 * @param options.native whether predictions are made at once, see `createSession`; `true` unless told
 */
export function onnxPredictorLoader(options: { readonly native?: boolean } = {}): PredictorLoader {
  return {
    readSignature,
    async load(bytes) {
      const signature = readSignature(bytes);
      await nextTurn();
      const batches = runsInBatches(readOutline(bytes));
      const modelHash = createHash('sha256').update(bytes).digest('hex') as ModelHash;
      const session = await createSession(bytes, signature, { ...options, optimize: !batches });
      const predictor = onnxPredictor({ session, signature, modelHash, batches });
      try {
        await nextTurn();
        await checkGolden(predictor);
      } catch (error) {
        await predictor.release();
        throw error;
      }
      return predictor;
    },
  };
}

async function checkGolden({ signature, predictBatch }: Predictor): Promise<void> {
  const { golden } = signature;
  const found = await predictBatch(Float32Array.from(golden.flatMap(({ row }) => row))).catch((cause: unknown) => {
    throw new AresError('GOLDEN_MISMATCH', `golden samples must be predicted: ${messageOf(cause)}`, {}, cause);
  });
  for (const [index, { prediction }] of golden.entries()) {
    const difference = Math.abs((found[index] as number) - prediction);
    if (difference <= GOLDEN_TOLERANCE) continue;
    throw new AresError(
      'GOLDEN_MISMATCH',
      `golden sample ${index + 1} of ${golden.length} must be predicted as ${prediction} to ${GOLDEN_TOLERANCE}, was ${found[index]}`,
      { sample: index + 1, expected: prediction, difference },
    );
  }
}
