import { withSignature } from '../../src/adapters/inference/onnx-signature.ts';
import { INPUT_NAME, OUTPUT_NAME, writeOnnx } from '../../src/adapters/inference/onnx-writer.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import type { ModelSignature } from '../../src/core/models/signature.ts';
import { predictEnsemble, type TreeEnsemble } from '../../src/core/training/tree-ensemble.ts';

/**
 * A real model that wants to be long after every bar that rose and flat after every other: it trades at about every second bar, which no trained
 * model would pay the fees for.
 *
 * @param variant makes the bytes, and so the hash, its own
 */
export function restlessModel(variant = 0, changes: Partial<ModelSignature> = {}): Uint8Array {
  const lean = 0.3 + variant / 1_000;
  const ensemble: TreeEnsemble = {
    featureCount: 1,
    baseScore: 0,
    trees: [
      {
        feature: Int32Array.of(0, 0, 0),
        threshold: Float32Array.of(0, 0, 0),
        left: Int32Array.of(1, -1, -1),
        right: Int32Array.of(2, -1, -1),
        value: Float32Array.of(0, -lean, lean),
      },
    ],
  };
  const rows = [-0.001, 0, 0.001];
  return withSignature(writeOnnx(ensemble), {
    format: 1,
    featureSet: { name: aresCore.name, version: aresCore.version },
    features: ['ret1'],
    input: INPUT_NAME,
    output: OUTPUT_NAME,
    target: 'close_up',
    horizon: 15,
    timeframe: '1m',
    trainingWindow: { from: 0, to: 1_000 },
    golden: rows.map((row) => ({ row: [row], prediction: predictEnsemble(ensemble, Float32Array.of(row)) })),
    ...changes,
  });
}
