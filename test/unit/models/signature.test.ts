import { describe, expect, it } from 'vitest';
import { modelSignatureSchema } from '../../../src/core/models/signature.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const golden = { row: [1, 2], prediction: 0.5 };
const valid = { ...sampleSignature(), features: ['ret1', 'ret2'], golden: [golden] };

describe('what a model says of itself', () => {
  it('is taken as it is', () => {
    expect(modelSignatureSchema.parse(valid)).toEqual(valid);
  });

  it.each([
    ['a prediction of none', { golden: [{ ...golden, prediction: 0 }] }],
    ['a prediction of certainty', { golden: [{ ...golden, prediction: 1 }] }],
    ['one feature', { features: ['ret1'] }],
    ['a horizon of one bar', { horizon: 1 }],
    ['the first version', { featureSet: { name: 'x', version: 1 } }],
    ['the shortest names', { input: 'i', output: 'o', timeframe: '1m' }],
  ])('may be at its bounds: %s', (_, change) => {
    expect(modelSignatureSchema.safeParse({ ...valid, ...change }).success).toBe(true);
  });

  it.each([
    ['format', { format: 2 }],
    ['featureSet.name', { featureSet: { name: '', version: 1 } }],
    ['featureSet.version', { featureSet: { name: 'x', version: 0 } }],
    ['featureSet.version', { featureSet: { name: 'x', version: 1.5 } }],
    ['featureSet', { featureSet: { name: 'x', version: 1, author: 'me' } }],
    ['features', { features: [] }],
    ['features.0', { features: [''] }],
    ['input', { input: '' }],
    ['output', { output: '' }],
    ['target', { target: 'close_down' }],
    ['horizon', { horizon: 0 }],
    ['horizon', { horizon: 1.5 }],
    ['timeframe', { timeframe: 'm' }],
    ['trainingWindow.from', { trainingWindow: { from: 0.5, to: 1 } }],
    ['trainingWindow.to', { trainingWindow: { from: 0, to: 1.5 } }],
    ['trainingWindow', { trainingWindow: { from: 0, to: 1, label: 'x' } }],
    ['golden', { golden: [] }],
    ['golden.0', { golden: [{ ...golden, comment: 'x' }] }],
    ['golden.0.prediction', { golden: [{ ...golden, prediction: -0.001 }] }],
    ['golden.0.prediction', { golden: [{ ...golden, prediction: 1.001 }] }],
    ['golden.0.row.0', { golden: [{ ...golden, row: ['1'] }] }],
    ['', { comment: 'not part of the format' }],
  ])('is refused, naming where: %s with %j', (path, change) => {
    const { error } = modelSignatureSchema.safeParse({ ...valid, ...change });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
