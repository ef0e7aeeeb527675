import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeOnnx } from '../../../src/adapters/inference/onnx-writer.ts';
import { predictEnsemble, type TreeEnsemble } from '../../../src/core/training/tree-ensemble.ts';
import { grownEnsemble } from '../../fixtures/models/grown-ensemble.ts';

async function run(ensemble: TreeEnsemble, rows: Float32Array) {
  const session = await ort.InferenceSession.create(writeOnnx(ensemble), { logSeverityLevel: 4 });
  try {
    const shape = [rows.length / ensemble.featureCount, ensemble.featureCount];
    const { label, probabilities } = await session.run({ input: new ort.Tensor('float32', rows, shape) });
    return {
      labels: Array.from(label?.data as BigInt64Array, Number),
      probabilities: probabilities?.data as Float32Array,
      dims: [label?.dims, probabilities?.dims],
    };
  } finally {
    await session.release();
  }
}

describe('an ensemble written as ONNX', () => {
  it.each([
    { trees: 1, leaves: 2, features: 1, rows: 50 },
    { trees: 5, leaves: 4, features: 7, rows: 400 },
    { trees: 120, leaves: 31, features: 46, rows: 3_000 },
  ])('predicts what its trees predict, to 1e-6: %j', async (size) => {
    const { ensemble, rows } = grownEnsemble(5, size);
    const { labels, probabilities, dims } = await run(ensemble, rows);
    let worst = 0;
    for (let row = 0; row < size.rows; row += 1) {
      const expected = predictEnsemble(ensemble, rows, row * size.features);
      const up = probabilities[2 * row + 1] as number;
      worst = Math.max(worst, Math.abs(up - expected), Math.abs((probabilities[2 * row] as number) + up - 1));
      if (Math.abs(expected - 0.5) > 1e-6) expect(labels[row]).toBe(Number(expected > 0.5));
    }
    expect(worst).toBeLessThanOrEqual(1e-6);
    expect(dims).toEqual([[size.rows], [size.rows, 2]]);
  });

  it.each([
    ['no tree', -2, []],
    ['only leaves that raise the score', 0.25, [0.5, 0.75]],
    ['only leaves of 0', 1.5, [0]],
    ['leaves that lower it', -0.5, [-0.25, 0.5]],
  ])('keeps its log-odds with %s', async (_case, baseScore, values) => {
    const trees = values.map((value) => ({
      feature: Int32Array.of(0),
      threshold: Float32Array.of(0),
      left: Int32Array.of(-1),
      right: Int32Array.of(-1),
      value: Float32Array.of(value),
    }));
    const ensemble = { featureCount: 2, baseScore, trees };
    const { probabilities } = await run(ensemble, Float32Array.of(1, 2));
    expect(probabilities[1]).toBeCloseTo(predictEnsemble(ensemble, Float32Array.of(1, 2)), 6);
  });

  it('decides values at and next to a threshold as its trees do', async () => {
    const threshold = Math.fround(0.1);
    const tree = {
      feature: Int32Array.of(0, 0, 0),
      threshold: Float32Array.of(threshold, 0, 0),
      left: Int32Array.of(1, -1, -1),
      right: Int32Array.of(2, -1, -1),
      value: Float32Array.of(0, -1, 1),
    };
    const ensemble = { featureCount: 1, baseScore: 0, trees: [tree] };
    const above = new Float32Array(
      new Uint32Array([new Uint32Array(Float32Array.of(threshold).buffer)[0]! + 1]).buffer,
    );
    const { labels } = await run(ensemble, Float32Array.of(threshold, above[0] as number));
    expect(labels).toEqual([0, 1]);
  });

  it('is the same bytes every time', () => {
    const size = { trees: 10, leaves: 7, features: 4, rows: 300 };
    expect(writeOnnx(grownEnsemble(2, size).ensemble)).toEqual(writeOnnx(grownEnsemble(2, size).ensemble));
  });
});
