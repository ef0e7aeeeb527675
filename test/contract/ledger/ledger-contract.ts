import { describe } from 'vitest';
import { commitContract } from './commit-contract.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { queryContract } from './query-contract.ts';

/** What every ledger promises. `open` gives an empty one each time. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`${name} keeps the ledger's contract`, () => {
    commitContract(open);
    queryContract(open);
  });
}
