import type { Candle } from '../market-data/candle.ts';
import type { ModelSignature } from '../models/signature.ts';
import type { TrainingCounts, TrainingProgress, TrainingWindow } from '../training/train-model.ts';
import type { TrainingSpec } from '../training/training-spec.ts';
import type { ValidationMetrics } from '../training/validation-metrics.ts';

/** A trained model, ready to be stored and registered. */
export interface TrainedCandidate {
  /** ONNX with the signature in its metadata. */
  readonly bytes: Uint8Array;
  readonly signature: ModelSignature;
  /** On bars the model has not seen; `undefined` when the specification leaves none. */
  readonly metrics: ValidationMetrics | undefined;
  readonly counts: TrainingCounts;
  /** Open times of the first and the last bar the metrics were measured on; `undefined` without metrics. */
  readonly validationWindow: TrainingWindow | undefined;
}

/** Trains models without holding up the caller's event loop. */
export interface Trainer {
  /**
   * The same candles and specification give the same bytes on the same kind of machine.
   *
   * @param candles closed, in the order of time
   * @param signal ends the training: the promise rejects with the signal's reason
   * @throws AresError `TRAINING_INVALID`, `TRAINING_DATA`, `SIGNATURE_MISMATCH`, `CANDLE_ORDER` as `trainModel` does; `TRAINING_FAILED` when the training ended without a result
   */
  trainCandidate(
    candles: readonly Candle[],
    spec: TrainingSpec,
    onProgress?: (progress: TrainingProgress) => void,
    signal?: AbortSignal,
  ): Promise<TrainedCandidate>;
}
