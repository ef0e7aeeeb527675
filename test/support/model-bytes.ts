import { AresError } from '../../src/core/ares-error.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { type ModelSignature, modelSignatureSchema } from '../../src/core/models/signature.ts';

/** The signature of a model that fits a one-minute slot; trained on bars 0 to 1,000. */
export function sampleSignature(overrides: Partial<ModelSignature> = {}): ModelSignature {
  return {
    format: 1,
    featureSet: { name: aresCore.name, version: aresCore.version },
    features: [...aresCore.features],
    input: 'features',
    output: 'probabilities',
    target: 'close_up',
    horizon: 15,
    timeframe: '1m',
    trainingWindow: { from: 0, to: 1_000 },
    golden: [{ row: aresCore.features.map(() => 0), prediction: 0.5 }],
    ...overrides,
  };
}

/** Stands for a model file: its signature and a name that makes the bytes its own. */
export const sampleBytes = (name: string, overrides: Partial<ModelSignature> = {}): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ name, signature: sampleSignature(overrides) }));

/** Reads what `sampleBytes` wrote. */
export const sampleLoader = {
  readSignature(bytes: Uint8Array): ModelSignature {
    try {
      return modelSignatureSchema.parse(JSON.parse(new TextDecoder().decode(bytes)).signature);
    } catch (error) {
      throw new AresError('MODEL_INVALID', 'model must be a sample, was not', {}, error);
    }
  },
};
