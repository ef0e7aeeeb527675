import type { Candle } from '../market-data/candle.ts';
import type { BookTop } from './book-top.ts';
import type { ColumnSelection } from './feature-columns.ts';
import type { FeatureFamily, FeatureOperator } from './feature-operator.ts';
import { WARM_UP_BARS } from './feature-set.ts';

/** The operators that serve the bars of one segment, fed since its warm-up began. */
export interface AnchoredSegment {
  /** Open time at which the segment begins. */
  readonly anchor: number;
  close(candle: Candle, book?: BookTop): void;
  /** Feeds the open bar; the next bar, open or closed, takes its place. */
  preview(candle: Candle, book?: BookTop): void;
  /** Whether enough bars have been closed for the next one to have a row. */
  warm(): boolean;
  /** Writes the selected columns of the bar fed last, and no others; `false` when a value is not finite. */
  write(row: Float32Array): boolean;
  /**
   * Computes and writes these columns from now on. Operators that begin are fed every bar since the warm-up began, so they are where they would be had they always run:
   * some microseconds a bar, of which there are at most two segments' worth.
   */
  select(selection: ColumnSelection): void;
}

/** @param width columns of a row of the whole set */
export function createAnchoredSegment(width: number, anchor: number, selection: ColumnSelection): AnchoredSegment {
  const values = new Float64Array(width);
  const candles: Candle[] = [];
  const books: (BookTop | undefined)[] = [];
  let previewed: { readonly candle: Candle; readonly book: BookTop | undefined } | undefined;
  let running = new Map<FeatureFamily, FeatureOperator>();
  let operators: readonly FeatureOperator[] = [];
  let offsets = new Int32Array();
  let columns = selection.columns;

  const begin = (family: FeatureFamily): FeatureOperator => {
    const operator = family.create();
    for (const [bar, candle] of candles.entries()) operator.update(candle, false, books[bar]);
    if (previewed) operator.update(previewed.candle, false, previewed.book);
    return operator;
  };
  const select = (wanted: ColumnSelection) => {
    running = new Map(wanted.families.map(({ family }) => [family, running.get(family) ?? begin(family)]));
    operators = [...running.values()];
    offsets = Int32Array.from(wanted.families, ({ offset }) => offset);
    columns = wanted.columns;
  };
  const feed = (candle: Candle, book: BookTop | undefined) => {
    const replace = previewed !== undefined;
    for (let i = 0; i < operators.length; i += 1) (operators[i] as FeatureOperator).update(candle, replace, book);
  };

  select(selection);
  return {
    anchor,
    close(candle, book) {
      feed(candle, book);
      previewed = undefined;
      candles.push(candle);
      books.push(book);
    },
    preview(candle, book) {
      feed(candle, book);
      previewed = { candle, book };
    },
    warm: () => candles.length >= WARM_UP_BARS,
    write(row) {
      for (let i = 0; i < operators.length; i += 1) {
        (operators[i] as FeatureOperator).write(values, offsets[i] as number);
      }
      let finite = true;
      for (let i = 0; i < columns.length; i += 1) {
        const column = columns[i] as number;
        row[column] = values[column] as number;
        // As float32: a number too large for it is not finite either.
        finite &&= Number.isFinite(row[column]);
      }
      return finite;
    },
    select,
  };
}
