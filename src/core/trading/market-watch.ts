import type { BookTop } from '../features/book-top.ts';
import type { Book } from './entry-rules.ts';
import type { Price, Quantity } from './money.ts';

/** What is known of one market now, and how old it is. */
export interface MarketWatch {
  readonly book: Book | null;
  /** Monotonic time of the newest message about the market; `undefined` before the first. */
  readonly lastDataAt: number | undefined;
  data(receivedAt: number): void;
  top(
    top: { readonly bid: Price; readonly ask: Price; readonly bidQuantity?: Quantity; readonly askQuantity?: Quantity },
    receivedAt: number,
  ): void;
  /** After a connection was lost nothing of the book may be assumed. */
  lost(): void;
  /** In milliseconds; 0 without a book. */
  bookAge(now: number): number;
  dataAge(now: number): number;
  /** The book for features: only one that is not too old, and that says what is offered. */
  bookTop(now: number, oldestMs: number): BookTop | undefined;
}

export function createMarketWatch(): MarketWatch {
  let book: (Book & { readonly bidQuantity?: Quantity; readonly askQuantity?: Quantity }) | null = null;
  let bookAt = 0;
  let lastDataAt: number | undefined;
  return {
    get book() {
      return book;
    },
    get lastDataAt() {
      return lastDataAt;
    },
    data(receivedAt) {
      if (lastDataAt === undefined || receivedAt > lastDataAt) lastDataAt = receivedAt;
    },
    top(top, receivedAt) {
      book = top;
      bookAt = receivedAt;
    },
    lost() {
      book = null;
    },
    bookAge: (now) => (book ? Math.max(0, now - bookAt) : 0),
    dataAge: (now) => (lastDataAt === undefined ? Number.MAX_SAFE_INTEGER : Math.max(0, now - lastDataAt)),
    bookTop(now, oldestMs) {
      if (!book?.bidQuantity || !book.askQuantity || now - bookAt > oldestMs) return undefined;
      const { bid, ask, bidQuantity, askQuantity } = book;
      return {
        bid: bid.toNumber(),
        ask: ask.toNumber(),
        bidQuantity: bidQuantity.toNumber(),
        askQuantity: askQuantity.toNumber(),
      };
    },
  };
}
