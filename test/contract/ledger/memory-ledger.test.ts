import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('The ledger of the unit tests', async () => {
  const ledger = createMemoryLedger();
  return { ledger, outbox: ledger, other: ledger };
});
