import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('SQLite', async () => {
  const directory = temporaryDirectory();
  const db = openDatabase(directory);
  const otherProcess = new DatabaseSync(join(directory, 'ares.db'), { timeout: 5_000 });
  onTestFinished(() => {
    db.close();
    otherProcess.close();
  });
  return { ledger: createSqliteLedger(db), outbox: createSqliteOutbox(db), other: createSqliteLedger(otherProcess) };
});
