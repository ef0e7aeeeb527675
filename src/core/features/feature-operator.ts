import type { Candle } from '../market-data/candle.ts';
import type { BookTop } from './book-top.ts';

/**
 * A running calculation of one or a few features of one market.
 *
 * What `write` gives depends only on the bars fed and their order: a bar replaced any number of times leaves the same bits behind as one fed once.
 */
export interface FeatureOperator {
  /** Feeds the next bar, or with `replace` another state of the bar fed last; never replaces before the first bar. `book` only where the family `needsBook`. */
  update(candle: Candle, replace: boolean, book?: BookTop): void;
  /** Writes the family's features as of the bar fed last into `out`, from index `at`; NaN while too few bars have been fed. */
  write(out: Float64Array, at: number): void;
}

/** Features computed together, and how to begin computing them. */
export interface FeatureFamily {
  /** In the order `write` gives them. */
  readonly names: readonly string[];
  /** Whether it is computed from the top of the book too; `false` when absent. */
  readonly needsBook?: boolean;
  create(): FeatureOperator;
}
