import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { findFeatureSet } from '../../../src/core/features/find-feature-set.ts';
import { gatherColumns } from '../../../src/core/features/gather-columns.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { checkSignature } from '../../../src/core/models/check-signature.ts';
import { selectColumns } from '../../../src/core/models/select-columns.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const check = (overrides: Parameters<typeof sampleSignature>[0], tf = '1m') =>
  checkSignature(sampleSignature(overrides), aresCore, timeframe(tf));

describe('a model fits', () => {
  it('with all features of the set', () => expect(check({})).toEqual({ ok: true }));

  it('with some of them in another order, and its columns are found', () => {
    const features = ['ret60', 'rsi14', 'hour_cos'];
    expect(check({ features })).toEqual({ ok: true });
    const columns = selectColumns({ features }, aresCore);
    expect(columns.map((column) => aresCore.features[column])).toEqual(features);
  });
});

describe('a model is refused', () => {
  it.each([
    [
      { features: ['rsi14', 'moon_phase', 'tides'] },
      '1m',
      'feature 2 of 3 must be one of ares-core version 1, was "moon_phase"',
    ],
    [
      { features: ['rsi14', 'ret1', 'rsi14'] },
      '1m',
      'feature 3 of 3 must differ from those before it, was "rsi14" again',
    ],
    [
      { featureSet: { name: 'ares-core', version: 2 } },
      '1m',
      "the model's feature set must be ares-core version 1, was ares-core version 2",
    ],
    [
      { featureSet: { name: 'other', version: 1 } },
      '1m',
      "the model's feature set must be ares-core version 1, was other version 1",
    ],
    [{ timeframe: '5m' }, '1m', "the model's timeframe must be 1m, was 5m"],
  ])('naming the first difference: %j on %s', (overrides, tf, reason) => {
    expect(check(overrides, tf)).toEqual({ ok: false, reason });
  });
});

it('selecting a column that does not exist names it and its position', () => {
  expect(() => selectColumns({ features: ['rsi14', 'tides'] }, aresCore)).toThrow(
    expect.objectContaining({ code: 'SIGNATURE_MISMATCH', data: { feature: 'tides', position: 2 } }),
  );
});

it('a feature set is found by name and version', () => {
  expect(findFeatureSet('ares-core', 1)).toBe(aresCore);
  expect(findFeatureSet('ares-core', 2)).toBeUndefined();
  expect(findFeatureSet('other', 1)).toBeUndefined();
});

it('gathering takes the columns of every row, in the order asked for', () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect([...gatherColumns(rows, 3, [2, 0])]).toEqual([3, 1, 6, 4]);
  const into = new Float32Array(2);
  expect(gatherColumns(rows.subarray(3), 3, [1, 1], into)).toBe(into);
  expect([...into]).toEqual([5, 5]);
});
