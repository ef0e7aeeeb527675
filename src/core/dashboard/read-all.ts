import type { Item, LedgerReader, Query } from '../ports/ledger.ts';

const PAGE = 1_000;

/** Every item of a range that does not end by itself: for ranges known to be short, or read once. */
export async function* readAll(ledger: LedgerReader, range: Omit<Query, 'limit' | 'after'>): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const page = await ledger.query({ ...range, limit: PAGE, after });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
