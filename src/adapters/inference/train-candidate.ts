import type { Candle } from '../../core/market-data/candle.ts';
import type { ModelSignature } from '../../core/models/signature.ts';
import type { TrainedCandidate } from '../../core/ports/trainer.ts';
import { type TrainingProgress, trainModel } from '../../core/training/train-model.ts';
import type { TrainingSpec } from '../../core/training/training-spec.ts';
import { createSession, runRows } from './onnx-session.ts';
import { withSignature } from './onnx-signature.ts';
import { INPUT_NAME, OUTPUT_NAME, writeOnnx } from './onnx-writer.ts';

/** Trains in this thread, writes the model, and signs it with what ONNX Runtime predicts for a few training rows. Errors as in `Trainer`. */
export async function trainCandidate(
  candles: readonly Candle[],
  spec: TrainingSpec,
  onProgress?: (progress: TrainingProgress) => void,
): Promise<TrainedCandidate> {
  const trained = trainModel(candles, spec, onProgress);
  const unsigned = writeOnnx(trained.ensemble);
  const names = { input: INPUT_NAME, output: OUTPUT_NAME };
  const signature: ModelSignature = {
    ...trained.signature,
    ...names,
    golden: await predictSamples(unsigned, names, trained.sampleRows),
  };
  const { metrics, counts, validationWindow } = trained;
  return { bytes: withSignature(unsigned, signature), signature, metrics, counts, validationWindow };
}

async function predictSamples(
  bytes: Uint8Array,
  names: { readonly input: string; readonly output: string },
  rows: readonly Float32Array[],
): Promise<ModelSignature['golden']> {
  const session = await createSession(bytes);
  try {
    const golden: ModelSignature['golden'] = [];
    for (const row of rows) {
      const [prediction] = await runRows(session, names, row, row.length);
      golden.push({ row: [...row], prediction: prediction as number });
    }
    return golden;
  } finally {
    await session.release();
  }
}
