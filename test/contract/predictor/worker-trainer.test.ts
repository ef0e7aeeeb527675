import { describe, expect, it } from 'vitest';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { signCandidate } from '../../../src/adapters/inference/sign-candidate.ts';
import { trainUnsigned } from '../../../src/adapters/inference/train-unsigned.ts';
import { workerTrainer } from '../../../src/adapters/inference/worker-trainer.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { plantedMarket } from '../../unit/training/planted-market.ts';

const candles = plantedMarket(21, 3_000);
const spec: TrainingSpec = {
  timeframe: '1m',
  horizon: 1,
  trainUntil: candles[2_000]?.openTime as number,
  validateUntil: candles[2_800]?.openTime as number,
  trees: 8,
  leaves: 5,
};
const trainer = workerTrainer();
const loader = onnxPredictorLoader();

describe('a candidate', () => {
  it('trained in a worker is the one this thread would train, and can be loaded and predicts what was measured', async () => {
    const told: number[] = [];
    const candidate = await trainer.trainCandidate(candles, spec, ({ trees }) => told.push(trees));
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(candidate).toEqual(await signCandidate(trainUnsigned(candles, spec)));

    const predictor = await loader.load(candidate.bytes);
    expect(predictor.signature).toEqual(candidate.signature);
    expect(candidate.signature.golden).toHaveLength(8);
    const matrix = computeFeatureMatrix(aresCore, timeframe('1m'), candles);
    const predictions = await predictor.predictBatch(matrix.rows);
    let right = 0;
    for (let row = 0; row < matrix.count; row += 1) {
      const time = matrix.times[row] as number;
      if (time < (candidate.validationWindow?.from as number) || time > (candidate.validationWindow?.to as number))
        continue;
      const index = matrix.candleIndex[row] as number;
      const rose = (candles[index + 1]?.close as number) > (candles[index]?.close as number);
      if ((predictions[row] as number) > 0.5 === rose) right += 1;
    }
    expect(right / candidate.counts.validationRows).toBeCloseTo(candidate.metrics?.accuracy as number, 10);
    await predictor.release();
  });

  it('that cannot be trained says why, as if trained in this thread', async () => {
    const refused = trainer.trainCandidate(candles.slice(0, 300), spec);
    await expect(refused).rejects.toMatchObject({ code: 'TRAINING_DATA', data: { candles: 300 } });
    await expect(trainer.trainCandidate(candles, { ...spec, leaves: 0 })).rejects.toMatchObject({
      code: 'TRAINING_INVALID',
    });
    await expect(trainer.trainCandidate([...candles].reverse(), spec)).rejects.toMatchObject({ code: 'CANDLE_ORDER' });
  });
});

describe('training', () => {
  it('ends when its signal is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const training = trainer.trainCandidate(candles, { ...spec, trees: 5_000 }, () => stop.abort(reason), stop.signal);
    await expect(training).rejects.toBe(reason);
    await expect(trainer.trainCandidate(candles, spec, undefined, stop.signal)).rejects.toBe(reason);
  });

  it('leaves the event loop to others', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    const began = performance.now();
    await trainer.trainCandidate(candles, { ...spec, trees: 60, leaves: 31, minLeafRows: 10 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan((performance.now() - began) / 5 / 4);
  });
});
