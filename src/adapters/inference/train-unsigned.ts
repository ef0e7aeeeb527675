import type { Candle } from '../../core/market-data/candle.ts';
import { type TrainedModel, type TrainingProgress, trainModel } from '../../core/training/train-model.ts';
import type { TrainingSpec } from '../../core/training/training-spec.ts';
import { writeOnnx } from './onnx-writer.ts';

/** A model whose golden samples are still to be predicted. */
export interface UnsignedCandidate extends Omit<TrainedModel, 'ensemble'> {
  readonly onnx: Uint8Array;
}

/** Trains in this thread and writes the model, without the native runtime. Errors as in `Trainer`. */
export function trainUnsigned(
  candles: readonly Candle[],
  spec: TrainingSpec,
  onProgress?: (progress: TrainingProgress) => void,
): UnsignedCandidate {
  const { ensemble, ...trained } = trainModel(candles, spec, onProgress);
  return { ...trained, onnx: writeOnnx(ensemble) };
}
