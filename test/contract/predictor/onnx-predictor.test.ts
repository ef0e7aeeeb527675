import { createHash } from 'node:crypto';
import onnxProto from 'onnx-proto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOutline } from '../../../src/adapters/inference/onnx-outline.ts';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { SIGNATURE_KEY, withSignature } from '../../../src/adapters/inference/onnx-signature.ts';
import { writeOnnx } from '../../../src/adapters/inference/onnx-writer.ts';
import type { ModelSignature } from '../../../src/core/models/signature.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import { predictEnsemble } from '../../../src/core/training/tree-ensemble.ts';
import { grownEnsemble } from '../../fixtures/models/grown-ensemble.ts';
import { type WireModel, wireModel } from '../../fixtures/models/wire-model.ts';

const loader = onnxPredictorLoader();

const signatureOf = (overrides: Partial<ModelSignature> = {}): ModelSignature => ({
  format: 1,
  featureSet: { name: 'ares-core', version: 1 },
  features: ['rsi14', 'ret1'],
  input: 'input',
  output: 'probabilities',
  target: 'close_up',
  horizon: 1,
  timeframe: '1m',
  trainingWindow: { from: 0, to: 60_000 },
  golden: [{ row: [0.25, 0.75], prediction: 0.75 }],
  ...overrides,
});
const wire = (model: WireModel = {}, overrides: Partial<ModelSignature> = {}) =>
  withSignature(wireModel(model), signatureOf(overrides));

const size = { trees: 60, leaves: 31, features: 12, rows: 2_000 };
const { ensemble, rows } = grownEnsemble(3, size);
const forest = withSignature(
  writeOnnx(ensemble),
  signatureOf({
    features: Array.from({ length: size.features }, (_, i) => `f${i}`),
    golden: [0, 1, 2].map((row) => ({
      row: [...rows.slice(row * size.features, (row + 1) * size.features)],
      prediction: predictEnsemble(ensemble, rows, row * size.features),
    })),
  }),
);
const rowAt = (row: number) => rows.slice(row * size.features, (row + 1) * size.features);

describe.each([
  ['at once, on the native binding', true],
  ["a turn of the event loop later, on the runtime's public interface", false],
])('a loaded model that predicts %s', (_how, native) => {
  const loader = onnxPredictorLoader({ native });
  let predictor: Predictor;
  beforeAll(async () => {
    predictor = await loader.load(forest);
    return () => predictor.release();
  });

  it('answers so', async () => {
    const answer = predictor.predict(rowAt(0));
    expect(typeof answer).toBe(native ? 'number' : 'object');
    expect(await answer).toBeCloseTo(predictEnsemble(ensemble, rows, 0), 6);
  });

  it('is known by the hash of its bytes and by its signature', () => {
    expect(predictor.modelHash).toBe(createHash('sha256').update(forest).digest('hex'));
    expect(predictor.signature).toEqual(loader.readSignature(forest));
  });

  it('predicts many rows with the same bits as one at a time', async () => {
    const batch = await predictor.predictBatch(rows);
    expect(batch).toHaveLength(size.rows);
    const single = new Float32Array(size.rows);
    for (let row = 0; row < size.rows; row += 1) single[row] = await predictor.predict(rowAt(row));
    expect(new Uint32Array(batch.buffer)).toEqual(new Uint32Array(single.buffer));
    expect(single[7]).toBeCloseTo(predictEnsemble(ensemble, rows, 7 * size.features), 6);
    expect(await predictor.predictBatch(new Float32Array())).toHaveLength(0);
  });

  it('takes the row as it is when handed over, whatever becomes of the array', async () => {
    const row = rowAt(0);
    const expected = await predictor.predict(rowAt(0));
    const predictions = [predictor.predict(row)];
    row.set(rowAt(1));
    predictions.push(predictor.predict(row));
    row.fill(0);
    expect(await Promise.all(predictions)).toEqual([expected, await predictor.predict(rowAt(1))]);
  });

  it.each([11, 13, 24, 0])('refuses a row of %i values', async (length) => {
    await expect(async () => predictor.predict(new Float32Array(length))).rejects.toMatchObject({
      code: 'PREDICTION_INVALID',
      message: `a row must have 12 values, had ${length}`,
    });
  });

  it('refuses rows that are not whole', async () => {
    await expect(predictor.predictBatch(new Float32Array(25))).rejects.toMatchObject({ code: 'PREDICTION_INVALID' });
  });
});

describe('loading', () => {
  it('gives the event loop its turn before, between and after what blocks it', async () => {
    let turns = 0;
    let loading = true;
    const count = () => {
      turns += 1;
      if (loading) setImmediate(count);
    };
    setImmediate(count);
    const predictor = await loader.load(forest);
    loading = false;
    // Signature; hash; the runtime's reading; the golden samples.
    expect(turns).toBeGreaterThanOrEqual(4);
    await predictor.release();
  });
});

describe('release', () => {
  it.each([true, false])('waits for predictions under way, and none is taken after (native: %s)', async (native) => {
    const predictor = await onnxPredictorLoader({ native }).load(forest);
    const expected = await predictor.predict(rowAt(5));
    const settled: string[] = [];
    const underWay = Array.from({ length: 20 }, async () => {
      const probability = await predictor.predict(rowAt(5));
      settled.push('row');
      return probability;
    });
    const batch = predictor.predictBatch(rows).finally(() => settled.push('batch'));
    const released = predictor.release().then(() => settled.push('released'));
    await expect(async () => predictor.predict(rowAt(5))).rejects.toMatchObject({ code: 'PREDICTOR_RELEASED' });
    await expect(predictor.predictBatch(rows)).rejects.toMatchObject({ code: 'PREDICTOR_RELEASED' });
    expect(new Set(await Promise.all(underWay))).toEqual(new Set([expected]));
    expect(settled, 'the batch is still under way').not.toContain('batch');
    expect(settled).not.toContain('released');
    expect(await batch).toHaveLength(size.rows);
    await released;
    expect(settled.at(-1)).toBe('released');
    await expect(predictor.release()).resolves.toBeUndefined();
  });

  it('gives the memory back: 200 models come and go in little more than one needs', async () => {
    const cycle = async () => {
      const predictor = await loader.load(forest);
      await predictor.predict(rowAt(0));
      await predictor.release();
    };
    for (let i = 0; i < 20; i += 1) await cycle();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i += 1) await cycle();
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(48);
  });
});

describe('models that return what goes in', () => {
  it.each([
    ['[N, 2]', { width: 2 }, ['a', 'b'], [0.25, 0.75], 0.75],
    ['[N, 1]', { width: 1 }, ['a'], [0.5], 0.5],
  ])('are read when the output is %s', async (_shape, model, features, row, prediction) => {
    const predictor = await loader.load(wire(model, { features, golden: [{ row, prediction }] }));
    expect(await predictor.predict(Float32Array.from(row))).toBe(prediction);
    expect([...(await predictor.predictBatch(Float32Array.from([...row, ...row])))]).toEqual([prediction, prediction]);
    await predictor.release();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, -0.25])('are refused when they return %f', async (value) => {
    const predictor = await loader.load(wire());
    await expect(async () => predictor.predict(Float32Array.of(0, value))).rejects.toMatchObject({
      code: 'PREDICTION_INVALID',
      message: expect.stringContaining(`was ${value}`),
    });
    await expect(predictor.predictBatch(Float32Array.of(0, 0.5, 0, value))).rejects.toMatchObject({
      message: expect.stringContaining('in row 2'),
    });
    expect(await predictor.predict(Float32Array.of(0, 0.5)), 'and go on').toBe(0.5);
    await predictor.release();
  });
});

describe('a file that is no model is refused as MODEL_INVALID', () => {
  const text = new TextEncoder();
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /with a graph, was 0 bytes without one/],
    ['text', text.encode('<html>502 Bad Gateway</html>'), /must be a whole ONNX file/],
    ['zeros', new Uint8Array(100), /field numbered 0/],
    ['an endless number', new Uint8Array(100).fill(255), /number of over 64 bits/],
    ['half a model', forest.slice(0, forest.length / 2), /was cut off/],
    ['a model without its end', forest.slice(0, -1), /was cut off/],
    [
      'a model without a signature',
      wireModel(),
      /must carry its signature in the metadata entry ares.signature, had none/,
    ],
  ])('%s', async (_what, bytes, message) => {
    expect(() => loader.readSignature(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(message) }),
    );
    await expect(loader.load(bytes)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('cut off anywhere', () => {
    const whole = wire();
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => loader.readSignature(whole.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'MODEL_INVALID' }),
      );
    }
  });

  it.each<[string, object, RegExp]>([
    ['of another format', { format: 2 }, /format/],
    ['without golden samples', { golden: [] }, /golden/],
    [
      'whose golden sample is too short',
      { golden: [{ row: [1], prediction: 0.5 }] },
      /golden sample 1 must have 2 values, had 1/,
    ],
  ])('with a signature %s', (_what, overrides, message) => {
    const bytes = withSignature(wireModel(), { ...signatureOf(), ...overrides } as ModelSignature);
    expect(() => loader.readSignature(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('with a signature that is not JSON', () => {
    const bytes = wire();
    const at = Buffer.from(bytes).indexOf('{"format"');
    bytes[at] = '['.charCodeAt(0);
    expect(() => loader.readSignature(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('not JSON') }),
    );
  });

  it('with values in another file, naming the remedy', async () => {
    const { ModelProto, TensorProto } = onnxProto.onnx;
    const model = ModelProto.decode(writeOnnx(ensemble));
    const elsewhere = TensorProto.create({
      name: 'weights',
      dataType: TensorProto.DataType.FLOAT,
      dims: [2],
      dataLocation: TensorProto.DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: 'model.onnx.data' }],
    });
    const graph = { ...model.graph, initializer: [elsewhere] };
    const bytes = withSignature(ModelProto.encode({ ...model, graph }).finish(), signatureOf());
    const refused = { code: 'MODEL_INVALID', message: expect.stringContaining('save_as_external_data=False') };
    expect(() => loader.readSignature(bytes)).toThrow(expect.objectContaining(refused));
    await expect(loader.load(bytes)).rejects.toMatchObject(refused);
  });

  it('whole, but nothing ONNX Runtime can run', async () => {
    const broken = wire();
    const at = Buffer.from(broken).indexOf('Identity');
    broken.set(text.encode('Nonsense'), at);
    expect(loader.readSignature(broken)).toEqual(signatureOf());
    await expect(loader.load(broken)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('ONNX Runtime'),
    });
  });
});

describe("a signature that is not the graph's is refused, naming the first difference", () => {
  it.each<[string, WireModel, Partial<ModelSignature>, string]>([
    ['input name', { input: 'x' }, {}, 'the graph\'s only input must be "input", as its signature says, was "x"'],
    ['a second input', { extraInput: 'more' }, {}, 'was "input", "more"'],
    ['width', { width: 3 }, {}, "must be float32 [N, 2] for the signature's 2 features, was float32 [?, 3]"],
    ['number type', { type: 'double' }, {}, 'was not float32 [?, 2]'],
    ['output name', { output: 'y' }, {}, 'must have the output "probabilities", as its signature says, had "y"'],
    [
      'output width',
      { width: 3 },
      { features: ['a', 'b', 'c'], golden: [{ row: [1, 2, 3], prediction: 0.5 }] },
      'must be float32 [N, 2], [N, 1] or [N], was float32 [?, 3]',
    ],
    ['output rank', { outputShape: [2, 1] }, {}, 'was float32 [?, 2, 1]'],
  ])('%s', async (_what, model, overrides, message) => {
    const bytes = wire(model, overrides);
    const error = { code: 'SIGNATURE_MISMATCH', message: expect.stringContaining(message) };
    expect(() => loader.readSignature(bytes)).toThrow(expect.objectContaining(error));
    await expect(loader.load(bytes)).rejects.toMatchObject(error);
  });
});

describe('golden samples', () => {
  it('that are predicted otherwise refuse the model, saying which', async () => {
    const golden = [
      { row: [0, 0.5], prediction: 0.5 },
      { row: [0, 0.5], prediction: 0.500_002 },
    ];
    await expect(loader.load(wire({}, { golden }))).rejects.toMatchObject({
      code: 'GOLDEN_MISMATCH',
      message: 'golden sample 2 of 2 must be predicted as 0.500002 to 0.000001, was 0.5',
    });
  });

  it('may differ by what another machine rounds otherwise', async () => {
    const predictor = await loader.load(wire({}, { golden: [{ row: [0, 0.5], prediction: 0.500_000_9 }] }));
    await predictor.release();
  });

  it('that cannot be predicted refuse the model', async () => {
    await expect(loader.load(wire({}, { golden: [{ row: [0, 2], prediction: 1 }] }))).rejects.toMatchObject({
      code: 'GOLDEN_MISMATCH',
      cause: expect.objectContaining({ code: 'PREDICTION_INVALID' }),
    });
  });
});

describe('signing', () => {
  it('replaces the signature and leaves all other bytes alone', () => {
    const unsigned = wireModel();
    const first = withSignature(unsigned, signatureOf());
    const second = withSignature(first, signatureOf({ horizon: 9 }));
    expect(loader.readSignature(second).horizon).toBe(9);
    expect(withSignature(second, signatureOf())).toEqual(first);
    expect(Buffer.compare(first.subarray(0, unsigned.length), unsigned)).toBe(0);
    expect([...readOutline(second).metadata.keys()]).toEqual([SIGNATURE_KEY]);
  });

  it('takes a signature of any length', () => {
    const features = Array.from({ length: 3_000 }, (_, i) => `feature_${i}`);
    const golden = [{ row: features.map((_, i) => i), prediction: 0.5 }];
    const signature = signatureOf({ features, golden });
    expect(
      loader.readSignature(withSignature(writeOnnx({ featureCount: 3_000, baseScore: 0, trees: [] }), signature)),
    ).toEqual(signature);
  });
});
