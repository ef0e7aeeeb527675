import ort from 'onnxruntime-node';
import { writeOnnx } from '../../src/adapters/inference/onnx-writer.ts';
import { seededRandom } from '../../src/core/training/seeded-random.ts';
import { addSignature } from '../../test/fixtures/models/add-signature.ts';
import { grownEnsemble } from '../../test/fixtures/models/grown-ensemble.ts';
import { perceptron } from '../../test/fixtures/models/perceptron.ts';
import { readPeerModel } from '../trading-path/peer-model.ts';

const FEATURES = 24;

/** A model to be run by Ares and by the runtime alone. */
export interface BenchModel {
  readonly name: string;
  /** Without signature, as the runtime alone takes it. */
  readonly plain: Uint8Array;
  readonly signed: Uint8Array;
  readonly rows: readonly Float32Array[];
}

async function signedBy(name: string, plain: Uint8Array, rows: readonly Float32Array[]): Promise<BenchModel> {
  const session = await ort.InferenceSession.create(plain, { logSeverityLevel: 4 });
  const predictions: number[] = [];
  for (const row of rows.slice(0, 8)) {
    const { probabilities } = await session.run({ input: new ort.Tensor('float32', row, [1, row.length]) }, [
      'probabilities',
    ]);
    predictions.push(Number(probabilities?.data.at(-1)));
  }
  await session.release();
  const signed = addSignature({
    bytes: plain,
    features: Array.from({ length: FEATURES }, (_, i) => `f${i}`),
    rows: rows.map((row) => [...row]),
    predictions,
    trainingWindow: { from: 0, to: 1 },
  });
  return { name, plain, signed, rows };
}

/** The peers' model first. @throws AresError `BENCH_DATA_MISSING` */
export async function benchModels(): Promise<readonly BenchModel[]> {
  const random = seededRandom(17);
  const rows = Array.from({ length: 100 }, () => Float32Array.from({ length: FEATURES }, () => random.next() - 0.5));
  const { ensemble } = grownEnsemble(3, { trees: 600, leaves: 31, features: FEATURES, rows: 3_000 });
  return [
    { name: 'peer: LightGBM, 200 trees of 31 leaves', ...readPeerModel() },
    await signedBy('600 trees of 31 leaves', writeOnnx(ensemble), rows),
    await signedBy('network, 64 hidden', perceptron({ features: FEATURES, hidden: 64 }), rows),
  ];
}
