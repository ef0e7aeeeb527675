import type { ModelSignature } from '../models/signature.ts';
import type { ModelHash } from './model-store.ts';

/** A loaded model. One row in, the probability that the target happens out. */
export interface Predictor {
  readonly modelHash: ModelHash;
  readonly signature: ModelSignature;
  /**
   * At once where the runtime lets it be, so that a decision needs no turn of the event loop; `await` takes both.
   *
   * @param row features in the signature's order, length = `signature.features.length`
   * @returns the probability of the signature's target, from 0 to 1
   * @throws AresError, thrown or as a rejection, `PREDICTOR_RELEASED` after `release`, `PREDICTION_INVALID` when the model returns no finite number
   */
  predict(row: Float32Array): number | Promise<number>;
  /** Many rows at once, row after row in one array: bitwise equal to single rows. */
  predictBatch(rows: Float32Array): Promise<Float32Array>;
  /** Waits for predictions under way, then frees the native memory. */
  release(): Promise<void>;
}

export interface PredictorLoader {
  /**
   * Loads, checks the signature against the ONNX graph, and predicts the golden samples stored in the metadata.
   *
   * @throws AresError `MODEL_INVALID` (not an ONNX file, truncated, no signature), `SIGNATURE_MISMATCH` (naming the first difference),
   * `GOLDEN_MISMATCH` (a golden sample's prediction differs by more than 1e-6)
   */
  load(bytes: Uint8Array): Promise<Predictor>;
  /** Reads the signature without creating a session. Same errors as `load`, but for golden samples. */
  readSignature(bytes: Uint8Array): ModelSignature;
}
