import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aresBook } from '../../../src/core/features/ares-book.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../../src/core/features/feature-computer.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { gatherColumns } from '../../../src/core/features/gather-columns.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { randomMarket } from './random-market.ts';

const oneMinute = timeframe('1m');
const width = aresCore.features.length;
const columnSets = fc.uniqueArray(fc.nat(width - 1), { minLength: 1, maxLength: width });
const candles = randomMarket({ seed: 11, bars: 900, gapChance: 0.002, gapBars: 3 });
const whole = computeFeatureMatrix(aresCore, oneMinute, candles);

/** Bits, not values: -0 and 0 differ. */
const bitsOf = (values: Float32Array) => Buffer.from(values.slice().buffer).toString('base64');

describe('columns', () => {
  it('computed alone have the bits they have among all others, in the order asked for', () => {
    fc.assert(
      fc.property(columnSets, (columns) => {
        const matrix = computeFeatureMatrix(aresCore, oneMinute, candles, { columns });
        expect(matrix.width).toBe(columns.length);
        expect(matrix.times).toEqual(whole.times);
        expect(bitsOf(matrix.rows)).toBe(bitsOf(gatherColumns(whole.rows, whole.width, columns)));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('given bar by bar are those of the matrix, and the rest of a row is NaN', () => {
    const columns = [20, 3, 44];
    const computer = createFeatureComputer(aresCore, oneMinute, { columns });
    let row = 0;
    for (const candle of candles) {
      const found = computer.close(candle);
      if (!found) continue;
      for (const [column, value] of found.entries()) {
        const expected = columns.includes(column) ? whole.rows[row * width + column] : Number.NaN;
        expect(Object.is(value, expected)).toBe(true);
      }
      row += 1;
    }
    expect(row).toBe(whole.count);
  });

  it('can be selected anew at any bar: the very next row has them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 400, max: 899 }), columnSets), { maxLength: 5 }), (changes) => {
        const computer = createFeatureComputer(aresBook, oneMinute);
        let selected = [0];
        computer.select(selected);
        let row = 0;
        for (const [index, candle] of candles.entries()) {
          for (const [at, columns] of changes) {
            if (at !== index) continue;
            selected = columns;
            computer.select(columns);
          }
          const found = computer.close(candle);
          if (!found) continue;
          for (let column = 0; column < found.length; column += 1) {
            const expected = selected.includes(column) ? whole.rows[row * width + column] : Number.NaN;
            if (!Object.is(found[column], expected)) expect(found[column], `column ${column}`).toBe(expected);
          }
          row += 1;
        }
        expect(row).toBe(whole.count);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it.each([-1, width, 0.5, Number.NaN])('of the set alone can be selected, not %f', (column) => {
    const computer = createFeatureComputer(aresCore, oneMinute, { columns: [0] });
    const error = expect.objectContaining({
      code: 'FEATURE_UNKNOWN',
      message: `a column of ares-core version 1 must be from 0 to ${width - 1}, was ${column}`,
    });
    expect(() => computer.select([0, column])).toThrow(error);
    expect(() => createFeatureComputer(aresCore, oneMinute, { columns: [column] })).toThrow(error);
  });

  it('can be selected while a bar is open, which leaves no trace either', () => {
    const computer = createFeatureComputer(aresCore, oneMinute, { columns: [0] });
    for (const [index, candle] of candles.slice(0, 600).entries()) {
      computer.preview({ ...candle, close: candle.low, volume: 1 });
      if (index === 570) computer.select([...aresCore.features.keys()]);
      const found = computer.close(candle);
      if (index < 570) continue;
      const row = whole.times.indexOf(candle.openTime);
      expect(bitsOf(found as Float32Array)).toBe(bitsOf(whole.rows.subarray(row * width, (row + 1) * width)));
    }
  });

  it('that are not selected need not be finite', () => {
    // The return from one such price to the next is too large for float32; relative strength never is.
    const leap = (index: number) => (index % 2 === 0 ? 1e-30 : 1e30);
    const leaping = candles.map((candle, index) => ({
      ...candle,
      open: leap(index),
      high: leap(index),
      low: leap(index),
      close: leap(index),
    }));
    const rows = (...names: string[]) =>
      computeFeatureMatrix(aresCore, oneMinute, leaping, {
        columns: names.map((name) => aresCore.features.indexOf(name)),
      }).count;
    expect(rows('rsi14', 'ret1'), 'every other bar leaps up').toBe(whole.count / 2);
    expect(rows('rsi14')).toBe(whole.count);
  });
});
