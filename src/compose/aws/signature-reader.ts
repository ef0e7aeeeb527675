import { readSignature } from '../../adapters/inference/onnx-signature.ts';
import type { PredictorLoader } from '../../core/ports/predictor.ts';

/** Reads what a model says of itself, without the native runtime that would run it. */
export const signatureReader: Pick<PredictorLoader, 'readSignature'> = { readSignature };
