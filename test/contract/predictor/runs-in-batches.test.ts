import onnxProto from 'onnx-proto';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readOutline } from '../../../src/adapters/inference/onnx-outline.ts';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { withSignature } from '../../../src/adapters/inference/onnx-signature.ts';
import { writeOnnx } from '../../../src/adapters/inference/onnx-writer.ts';
import { runsInBatches } from '../../../src/adapters/inference/runs-in-batches.ts';
import { grownEnsemble } from '../../fixtures/models/grown-ensemble.ts';
import { perceptron } from '../../fixtures/models/perceptron.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const { ModelProto } = onnxProto.onnx;
const FEATURES = 24;
const network = perceptron({ features: FEATURES, hidden: 64 });

describe('rows are run in batches', () => {
  it('where every operator of the graph computes each by itself', () => {
    const { ensemble } = grownEnsemble(1, { trees: 3, leaves: 4, features: 2, rows: 10 });
    expect(readOutline(writeOnnx(ensemble)).operators).toEqual(new Set(['TreeEnsembleClassifier']));
    expect(runsInBatches(readOutline(writeOnnx(ensemble)))).toBe(true);
    expect(runsInBatches({ operators: new Set(['TreeEnsembleRegressor', 'Mul', 'Cast', 'Identity']) })).toBe(true);
  });

  it('and not where one multiplies matrices, or is not known', () => {
    expect(readOutline(network).operators).toEqual(new Set(['Gemm', 'Relu', 'Sigmoid']));
    expect(runsInBatches(readOutline(network))).toBe(false);
    expect(runsInBatches({ operators: new Set(['TreeEnsembleRegressor', 'Softmax']) })).toBe(false);
    expect(ModelProto.decode(network).graph?.node).toHaveLength(4);
  });

  it.each([true, false])(
    'a network predicts many rows with the same bits as one at a time (native: %s)',
    async (native) => {
      const rows = Float32Array.from({ length: 300 * FEATURES }, (_, i) => Math.sin(i * i));
      const row = rows.slice(0, FEATURES);
      const session = await ort.InferenceSession.create(network);
      const { probabilities } = await session.run({ input: new ort.Tensor('float32', row, [1, FEATURES]) });
      await session.release();
      const signature = sampleSignature({
        input: 'input',
        features: Array.from({ length: FEATURES }, (_, i) => `f${i}`),
        golden: [{ row: [...row], prediction: Number(probabilities?.data[0]) }],
      });
      const predictor = await onnxPredictorLoader({ native }).load(withSignature(network, signature));
      const batch = await predictor.predictBatch(rows);
      const single = new Float32Array(300);
      for (let row = 0; row < 300; row += 1)
        single[row] = await predictor.predict(rows.slice(row * FEATURES, (row + 1) * FEATURES));
      expect(new Uint32Array(batch.buffer)).toEqual(new Uint32Array(single.buffer));
      expect(new Set(batch).size).toBeGreaterThan(250);
      await predictor.release();
    },
  );
});
