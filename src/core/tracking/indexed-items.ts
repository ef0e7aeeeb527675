import type { Item, LedgerReader } from '../ports/ledger.ts';

/** Items of the registry's index in order, page by page as they are wanted. @param from the first `sk`; absent for all */
export async function* indexedItems(
  ledger: LedgerReader,
  pk: string,
  from?: string,
  limit = 1_000,
): AsyncGenerator<Item, void, undefined> {
  let after: string | undefined;
  do {
    const page = await ledger.query({
      table: 'registry',
      by: 'index',
      pk,
      limit,
      ...(from !== undefined && { from }),
      ...(after !== undefined && { after }),
    });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
