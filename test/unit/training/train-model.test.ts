import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { trainModel } from '../../../src/core/training/train-model.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { plantedMarket } from './planted-market.ts';

const candles = plantedMarket(11, 2_600);
const timeOf = (bar: number) => candles[bar]?.openTime as number;
const spec: TrainingSpec = {
  timeframe: '1m',
  horizon: 1,
  trainUntil: timeOf(1_600),
  validateUntil: timeOf(2_300),
  trees: 20,
  leaves: 7,
};
const train = (overrides: Partial<TrainingSpec> = {}, market: readonly Candle[] = candles) =>
  trainModel(market, { ...spec, ...overrides });

describe('training', () => {
  const trained = train();

  it('finds an edge that is in the market', () => {
    expect(trained.metrics?.accuracy).toBeGreaterThan(0.75);
    expect(trained.metrics?.logLoss).toBeLessThan(0.58);
    expect(trained.metrics?.upShare).toBeCloseTo(0.5, 1);
  });

  it('finds none on shuffled labels', () => {
    const control = train({ shuffleLabels: true });
    expect(control.metrics?.accuracy).toBeLessThan(0.6);
    expect(control.metrics?.logLoss).toBeGreaterThan(0.68);
  });

  it('gives the same trees for the same seed, other trees for another', () => {
    expect(train()).toEqual(trained);
    expect(train({ seed: 2 }).ensemble).not.toEqual(trained.ensemble);
  });

  it('tells what it was trained and measured on', () => {
    const first = 240 + ((240 - ((timeOf(0) / 60_000) % 240)) % 240);
    expect(trained.counts).toEqual({ trainingRows: 1_599 - first, validationRows: 699 });
    expect(trained.validationWindow).toEqual({ from: timeOf(1_600), to: timeOf(2_298) });
    expect(trained.signature).toEqual({
      format: 1,
      featureSet: { name: 'ares-core', version: 1 },
      features: aresCore.features,
      target: 'close_up',
      horizon: 1,
      timeframe: '1m',
      trainingWindow: { from: timeOf(first), to: timeOf(1_599) },
    });
    expect(trained.sampleRows.map(({ length }) => length)).toEqual(Array(8).fill(aresCore.features.length));
  });

  it('says after every tree how far it is', () => {
    const told: unknown[] = [];
    trainModel(candles, { ...spec, trees: 3 }, (progress) => told.push(progress));
    expect(told).toEqual([
      { trees: 1, of: 3 },
      { trees: 2, of: 3 },
      { trees: 3, of: 3 },
    ]);
  });

  it('uses the features asked for, in the order asked for', () => {
    const chosen = train({ features: ['ret2', 'rsi14'] });
    expect(chosen.signature.features).toEqual(['ret2', 'rsi14']);
    expect(chosen.ensemble.featureCount).toBe(2);
    expect(chosen.sampleRows[3]).toHaveLength(2);
  });

  it('trains on the newest rows when there are more than wanted', () => {
    const newest = train({ maxRows: 500 });
    expect(newest.counts.trainingRows).toBe(500);
    expect(newest.signature.trainingWindow).toEqual({ from: timeOf(1_099), to: timeOf(1_599) });
  });

  it('measures nothing when nothing is left to measure on', () => {
    const unmeasured = train({ validateUntil: spec.trainUntil });
    expect(unmeasured.metrics).toBeUndefined();
    expect(unmeasured.validationWindow).toBeUndefined();
    expect(unmeasured.counts.validationRows).toBe(0);
  });
});

describe('training never looks ahead', () => {
  const changed = (from: number): Candle[] =>
    candles.map((candle, bar) =>
      bar < from ? candle : { ...candle, open: 7, high: 9, low: 5, close: bar % 2 === 0 ? 6 : 8, volume: 1e6 },
    );

  it.each([1, 15])('the model of horizon %i is the same whatever happens after trainUntil', (horizon) => {
    const before = train({ horizon, trees: 5 });
    const after = train({ horizon, trees: 5 }, changed(1_600));
    expect(after.ensemble).toEqual(before.ensemble);
    expect(after.signature).toEqual(before.signature);
    expect(train({ horizon, trees: 5 }, changed(1_500)).ensemble).not.toEqual(before.ensemble);
  });

  it('the metrics are the same whatever happens after validateUntil', () => {
    const before = train({ horizon: 15, trees: 5 });
    const after = train({ horizon: 15, trees: 5 }, changed(2_300));
    expect(after.metrics).toEqual(before.metrics);
    expect(train({ horizon: 15, trees: 5 }, changed(2_200)).metrics).not.toEqual(before.metrics);
  });
});

describe('training refuses', () => {
  it.each([
    [{ horizon: 0 }, 'horizon'],
    [{ leaves: 1 }, 'leaves'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ validateUntil: timeOf(1_599) }, 'validateUntil must not be before trainUntil'],
  ])('%j, naming it', (overrides, named) => {
    expect(() => train(overrides)).toThrow(
      expect.objectContaining({ code: 'TRAINING_INVALID', message: expect.stringContaining(named) }),
    );
  });

  it('too few rows, saying how many there were', () => {
    expect(() => train({}, candles.slice(0, 400))).toThrow(
      expect.objectContaining({
        code: 'TRAINING_DATA',
        message: expect.stringMatching(/must be at least 200.*were \d+$/),
      }),
    );
  });

  it('a feature that does not exist', () => {
    expect(() => train({ features: ['tides'] })).toThrow(expect.objectContaining({ code: 'SIGNATURE_MISMATCH' }));
  });

  it('a timeframe that is none', () => {
    expect(() => train({ timeframe: 'soon' })).toThrow(expect.objectContaining({ code: 'TIMEFRAME_INVALID' }));
  });
});
