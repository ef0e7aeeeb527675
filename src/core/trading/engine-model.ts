import type { BookTop } from '../features/book-top.ts';
import type { Candle } from '../market-data/candle.ts';
import type { Predictor } from '../ports/predictor.ts';

/** Incremental features of closed bars; see the feature set for what a row holds. */
export interface BarFeatures {
  /** `false`: `close` looks at no book, and need not be given one. */
  readonly needsBook?: boolean;
  /**
   * The row after a closed bar, `undefined` while there is not enough history; valid until the next call.
   *
   * `book` is the last top before the close, left out when there is none or it is too old: features of the book have no row then, those of candles do not need it.
   */
  close(candle: Candle, book?: BookTop): Float32Array | undefined;
  /** Computes the row the open bar would have, and leaves no trace. */
  preview?(candle: Candle): Float32Array | undefined;
  /** Told the columns of a model that begins to decide: only they are written, and only they must be finite for a row. */
  select?(columns: readonly number[]): void;
}

/** A model ready to decide: `columns[i]` is the feature set's column of the model's i-th input. */
export interface EngineModel {
  readonly runId: string;
  readonly predictor: Predictor;
  readonly columns: readonly number[];
}
