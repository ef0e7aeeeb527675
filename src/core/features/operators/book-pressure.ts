import type { BookTop } from '../book-top.ts';
import type { FeatureFamily } from '../feature-operator.ts';

/**
 * The top of the book at the bar's close.
 *
 * `book_spread`: the ask less the bid as a fraction of their middle. `book_imbalance`: the bid's quantity less the ask's as a fraction of both, from -1 to 1.
 * `book_microprice`: the middle weighted by the opposite side's quantity, relative to the middle, less 1. That is the weighted mid-price from which Stoikov's micro-price
 * begins (The micro-price: a high-frequency estimator of future prices, Quantitative Finance 18(12), 2018), without the adjustment he then fits to a market's history.
 *
 * NaN without a book, or with a crossed or empty one.
 */
export const bookPressure: FeatureFamily = {
  names: ['book_spread', 'book_imbalance', 'book_microprice'],
  needsBook: true,
  create() {
    let top: BookTop | undefined;
    return {
      update(_candle, _replace, book) {
        top = book;
      },
      write(out, at) {
        if (!top || !(top.bid > 0 && top.ask >= top.bid && top.bidQuantity > 0 && top.askQuantity > 0)) {
          out.fill(Number.NaN, at, at + 3);
          return;
        }
        const middle = (top.bid + top.ask) / 2;
        const both = top.bidQuantity + top.askQuantity;
        out[at] = (top.ask - top.bid) / middle;
        out[at + 1] = (top.bidQuantity - top.askQuantity) / both;
        out[at + 2] = (top.bid * top.askQuantity + top.ask * top.bidQuantity) / both / middle - 1;
      },
    };
  },
};
