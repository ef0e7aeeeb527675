import { expect } from 'vitest';
import type { Item, Ledger, Outbox, Query } from '../../../src/core/ports/ledger.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** The same ledger as another process sees it. */
  readonly other: Ledger;
}

/** All items of a query, read page by page. */
export async function pages(ledger: Ledger, query: Query): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ ...query, after });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

export const sks = (items: readonly Item[]) => items.map((item) => item.key.sk);

/** Matches an AresError of this code. */
export const code = (expected: string) => expect.objectContaining({ name: 'AresError', code: expected });
