import { describe, expect, it } from 'vitest';
import { aresBook } from '../../../src/core/features/ares-book.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import type { BookTop } from '../../../src/core/features/book-top.ts';
import { everyFeature } from '../../../src/core/features/every-feature.ts';
import { createFeatureComputer } from '../../../src/core/features/feature-computer.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { findFeatureSet } from '../../../src/core/features/find-feature-set.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { modelInputs } from '../../../src/core/models/model-inputs.ts';
import { sampleSignature } from '../../support/model-bytes.ts';
import { randomMarket } from './random-market.ts';

const oneMinute = timeframe('1m');
const candles = randomMarket({ seed: 4, bars: 600, firstBar: 27_000_000 - (27_000_000 % 240) });
const book: BookTop = { bid: 99, ask: 101, bidQuantity: 3, askQuantity: 1 };
const columns = ['book_spread', 'book_imbalance', 'book_microprice'].map((name) => aresBook.features.indexOf(name));

function lastRow(top: BookTop | undefined): Float32Array | undefined {
  const computer = createFeatureComputer(aresBook, oneMinute);
  let row: Float32Array | undefined;
  // Tops of earlier bars say nothing about the last one's.
  for (const candle of candles) row = computer.close(candle, candle === candles.at(-1) ? top : book);
  return row;
}

describe('the feature set with the book', () => {
  it('is ares-core, column for column, and the top of the book at the close', () => {
    expect(findFeatureSet('ares-book', 1)).toBe(aresBook);
    expect(aresBook.features).toEqual([...aresCore.features, 'book_spread', 'book_imbalance', 'book_microprice']);
    expect([aresCore.needsBook, aresBook.needsBook]).toEqual([false, true]);
    const row = lastRow(book) as Float32Array;
    const core = computeFeatureMatrix(aresCore, oneMinute, candles).rows.slice(-aresCore.features.length);
    expect([...row.slice(0, core.length)]).toEqual([...core]);
    // 2 of 100; 2 of 4; a microprice of (99 * 1 + 101 * 3) / 4 = 100.5 over a middle of 100.
    expect([...row.slice(core.length)]).toEqual([0.02, 0.5, 0.005].map(Math.fround));
  });

  it.each<[string, BookTop, readonly number[]]>([
    ['as much asked as bid', { ...book, bidQuantity: 1 }, [0.02, 0, 0]],
    ['more asked than bid', { ...book, bidQuantity: 1, askQuantity: 3 }, [0.02, -0.5, -0.005]],
    ['no spread', { ...book, ask: 99 }, [0, 0.5, 0]],
  ])('of a book with %s', (_what, top, expected) => {
    const row = lastRow(top) as Float32Array;
    for (const [i, column] of columns.entries()) expect(row[column]).toBeCloseTo(expected[i] as number, 6);
  });

  it.each<[string, BookTop | undefined]>([
    ['none', undefined],
    ['a crossed one', { ...book, bid: 102 }],
    ['one without a bid', { ...book, bidQuantity: 0 }],
    ['one without an ask', { ...book, askQuantity: 0 }],
    ['one without a price', { ...book, bid: 0 }],
    ['one that is no number', { ...book, ask: Number.NaN }],
  ])('has no row for a bar with %s in place of a book', (_what, top) => {
    expect(lastRow(top)).toBeUndefined();
  });

  it('previews the open bar with the book as it stands', () => {
    const computer = createFeatureComputer(aresBook, oneMinute);
    for (const candle of candles.slice(0, -1)) computer.close(candle, book);
    const last = candles.at(-1) as (typeof candles)[number];
    expect(computer.preview(last)).toBeUndefined();
    expect([...(computer.preview(last, book) as Float32Array)]).toEqual([...(lastRow(book) as Float32Array)]);
    expect(computer.close(last), 'a preview lends nothing to the close').toBeUndefined();
  });

  it('fills a matrix from one top a candle', () => {
    const books = candles.map((_, index) => (index % 2 === 0 ? book : undefined));
    const matrix = computeFeatureMatrix(aresBook, oneMinute, candles, { columns, books });
    expect([...matrix.candleIndex].every((index) => index % 2 === 0)).toBe(true);
    expect(matrix.count).toBe(computeFeatureMatrix(aresCore, oneMinute, candles).count / 2);
    expect([...matrix.rows.slice(0, 3)]).toEqual([0.02, 0.5, 0.005].map(Math.fround));
  });
});

describe('what a trader computes', () => {
  it('holds every feature of every known set, each computed by the same family', () => {
    for (const set of [aresCore, aresBook]) {
      expect(findFeatureSet(set.name, set.version)).toBe(set);
      expect(everyFeature.families).toEqual(expect.arrayContaining([...set.families]));
    }
  });

  it('needs no book for a model of ares-core, and needs one for a model of ares-book', () => {
    const core = modelInputs(sampleSignature(), oneMinute, everyFeature);
    const features = ['book_imbalance', 'rsi14'];
    const withBook = modelInputs(
      sampleSignature({ featureSet: { name: 'ares-book', version: 1 }, features }),
      oneMinute,
      everyFeature,
    );
    expect([core.featureSet, withBook.featureSet]).toEqual([aresCore, aresBook]);
    const computer = createFeatureComputer(everyFeature, oneMinute);
    for (const candle of candles.slice(0, 500)) computer.close(candle);
    computer.select(core.columns);
    expect(computer.close(candles[500] as (typeof candles)[number])).toBeDefined();
    computer.select(withBook.columns);
    expect(computer.close(candles[501] as (typeof candles)[number])).toBeUndefined();
    const row = computer.close(candles[502] as (typeof candles)[number], book);
    expect(withBook.columns.map((column) => row?.[column])).toEqual([0.5, expect.any(Number)]);
  });

  it('refuses a model whose set is not known, or lacks a feature', () => {
    expect(() => modelInputs(sampleSignature({ featureSet: { name: 'tides', version: 3 } }), oneMinute)).toThrow(
      "the model's feature set must be known, was tides version 3",
    );
    expect(() => modelInputs(sampleSignature({ features: ['book_spread'] }), oneMinute)).toThrow(
      'feature 1 of 1 must be one of ares-core version 1, was "book_spread"',
    );
    expect(() => modelInputs(sampleSignature(), timeframe('5m'))).toThrow("the model's timeframe must be 5m, was 1m");
  });
});
