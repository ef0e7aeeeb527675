import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { checkSignature } from '../../../src/core/models/check-signature.ts';
import { addSignature } from '../../fixtures/models/add-signature.ts';
import { wireModel } from '../../fixtures/models/wire-model.ts';

const loader = onnxPredictorLoader();
const data = process.env.ARES_DATA;
const demanded = data !== undefined || process.env.CI === 'true';

describe('a model trained elsewhere', () => {
  it('gets a signature and fits the feature set', async () => {
    const bytes = addSignature({
      bytes: wireModel(),
      features: ['ret60', 'rsi14'],
      rows: [[0.1, 0.6]],
      predictions: [Math.fround(0.6)],
      trainingWindow: { from: 0, to: 60_000 },
    });
    const predictor = await loader.load(bytes);
    expect(checkSignature(predictor.signature, aresCore, timeframe('1m'))).toEqual({ ok: true });
    await predictor.release();
  });

  it.skipIf(!demanded)('by LightGBM is predicted as its own runtime predicted it, to 1e-6', async () => {
    expect(data, 'ARES_DATA must name the folder with the candle files, the reference model beside it').toBeDefined();
    const peer = (name: string) => readFileSync(join(data ?? '', '..', 'peers', name));
    const { features } = JSON.parse(peer('model.json').toString()) as { features: string[] };
    const { rows, p } = JSON.parse(peer('golden.json').toString()) as { rows: number[][]; p: number[] };
    const trainingWindow = { from: 1_631_917_380_000, to: 1_633_476_780_000 };
    const predictor = await loader.load(
      addSignature({ bytes: peer('model.onnx'), features, rows, predictions: p, trainingWindow }),
    );
    expect(features).toEqual(aresCore.features.slice(0, 24));
    expect(checkSignature(predictor.signature, aresCore, timeframe('1m'))).toEqual({ ok: true });
    const predictions = await predictor.predictBatch(Float32Array.from(rows.flat()));
    const differences = p.map((expected, row) => Math.abs(expected - (predictions[row] as number)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-6);
    const single = new Float32Array(p.length);
    for (const [row, values] of rows.entries()) single[row] = await predictor.predict(Float32Array.from(values));
    expect(new Uint32Array(single.buffer), 'a row alone has the bits it has among others').toEqual(
      new Uint32Array(predictions.buffer),
    );
    await predictor.release();
  });
});
