import { withSignature } from '../../../src/adapters/inference/onnx-signature.ts';
import { INPUT_NAME, OUTPUT_NAME, writeOnnx } from '../../../src/adapters/inference/onnx-writer.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { predictEnsemble } from '../../../src/core/training/tree-ensemble.ts';
import { grownEnsemble } from '../../fixtures/models/grown-ensemble.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

/** A model of 60 trees over the features of Ares, a row, and what the trees give for it. */
export function signedModel(): {
  readonly bytes: Uint8Array;
  readonly row: readonly number[];
  readonly expected: number;
} {
  const features = aresCore.features.length;
  const { ensemble, rows } = grownEnsemble(11, { trees: 60, leaves: 15, features, rows: 1_000 });
  const row = Array.from(rows.subarray(0, features));
  const expected = predictEnsemble(ensemble, rows, 0);
  const signature = sampleSignature({
    input: INPUT_NAME,
    output: OUTPUT_NAME,
    golden: [{ row, prediction: expected }],
  });
  return { bytes: withSignature(writeOnnx(ensemble), signature), row, expected };
}
