import { onnxPredictorLoader } from '../../adapters/inference/onnx-predictor-loader.ts';
import type { PredictorLoader } from '../../core/ports/predictor.ts';

export const predictorLoader: PredictorLoader = onnxPredictorLoader();
