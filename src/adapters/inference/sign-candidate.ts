import type { ModelSignature } from '../../core/models/signature.ts';
import type { TrainedCandidate } from '../../core/ports/trainer.ts';
import { createSession, type TensorNames } from './onnx-session.ts';
import { withSignature } from './onnx-signature.ts';
import { INPUT_NAME, OUTPUT_NAME } from './onnx-writer.ts';
import { runRows } from './run-rows.ts';
import type { UnsignedCandidate } from './train-unsigned.ts';

/** Signs a model with what ONNX Runtime predicts for a few training rows; some milliseconds. @throws AresError `MODEL_INVALID`, `PREDICTION_INVALID` */
export async function signCandidate(unsigned: UnsignedCandidate): Promise<TrainedCandidate> {
  const { onnx, metrics, counts, validationWindow } = unsigned;
  const names = { input: INPUT_NAME, output: OUTPUT_NAME };
  const golden = await predictSamples(onnx, names, unsigned.sampleRows);
  const signature: ModelSignature = { ...unsigned.signature, ...names, golden };
  return { bytes: withSignature(onnx, signature), signature, metrics, counts, validationWindow };
}

async function predictSamples(
  bytes: Uint8Array,
  names: TensorNames,
  rows: readonly Float32Array[],
): Promise<ModelSignature['golden']> {
  const session = await createSession(bytes, names);
  try {
    const golden: ModelSignature['golden'] = [];
    for (const row of rows) {
      const prediction = new Float32Array(1);
      await runRows(session, row, row.length, prediction, 0);
      golden.push({ row: [...row], prediction: prediction[0] as number });
    }
    return golden;
  } finally {
    await session.release();
  }
}
