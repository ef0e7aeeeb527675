import { describe, expect, it } from 'vitest';
import { fileSize } from '../../../../../apps/dashboard/page/registry/file-size.ts';
import { metricTexts } from '../../../../../apps/dashboard/page/registry/metric-texts.ts';
import { isDrawable, metricText } from '../../../../../apps/dashboard/page/registry/metric-value.ts';
import { tickUnit } from '../../../../../apps/dashboard/page/registry/tick-unit.ts';
import { valueAxisStep } from '../../../../../apps/dashboard/page/registry/value-axis-step.ts';

describe('figures of runs', () => {
  it('show six digits of a metric, plainly where that is short', () => {
    expect([0.534858331821419, 0, 12, -3.5, 1234567, 0.00001234, 6.02e23, 1e-5].map(metricText)).toEqual([
      '0.534858',
      '0',
      '12',
      '−3.5',
      '1,234,567',
      '1.234e−5',
      '6.02e23',
      '1e−5',
    ]);
  });

  it('show what is no number, and infinity by the largest number that stands for it', () => {
    expect(
      (['NaN', 'Infinity', '-Infinity', 1.7976931348623157e308, -1.7976931348623157e308] as const).map(metricText),
    ).toEqual(['NaN', '∞', '−∞', '∞', '−∞']);
  });

  it('are drawn only where a chart can', () => {
    expect((['NaN', 'Infinity', 1.7976931348623157e308, 1e15, 0, -12.5] as const).map(isDrawable)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('have equally many decimals where they stand together', () => {
    expect(metricTexts([0.5, -0.51, 0.525, 'NaN', 2, 1e-7])).toEqual([
      '0.500',
      '−0.510',
      '0.525',
      'NaN',
      '2.000',
      '1e−7',
    ]);
    expect(metricTexts([1_000, 2_000])).toEqual(['1,000', '2,000']);
    expect(metricTexts([1e-7, 2e-7])).toEqual(['1e−7', '2e−7']);
  });

  it('divide an axis finely enough for what is to be seen', () => {
    const line = (...values: number[]) => [values.map((value, step) => ({ step, value }))];
    expect(
      [line(0.5, 0.54), line(1e-7, 3e-7), line(100, 100), line(0, 5_000), line()].map((l) => valueAxisStep(l)),
    ).toEqual([1e-5, 1e-10, 0.1, 1, 0.01]);
  });

  it('count steps in ones, twos and fives of a power of ten', () => {
    expect([0, 0.3, 1, 1.1, 3, 5, 6, 10, 17, 34, 51, 101].map(tickUnit)).toEqual([
      1, 1, 1, 2, 5, 5, 10, 10, 20, 50, 100, 200,
    ]);
  });

  it('show the size of a file', () => {
    expect([0, 999, 1_000, 1_048_576, 50_000_000, 999_960, 7.2e12].map(fileSize)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.0 MB',
      '50.0 MB',
      '1.0 MB',
      '7.2 TB',
    ]);
  });
});
