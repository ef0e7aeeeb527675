import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { commitOf, envelope } from '../support/sample-commit.ts';

test('an event that was published and is committed again under another token is not published twice', async () => {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  const ledger = createSqliteLedger(db);
  const outbox = createSqliteOutbox(db);
  await ledger.commit(commitOf('t1', { events: [envelope('e1')] }));
  await outbox.markPublished(['e1']);
  await ledger.commit(commitOf('t2', { events: [envelope('e1'), envelope('e2')] }));
  expect((await outbox.pending(10)).map((event) => event.detail.metadata.id)).toEqual(['e2']);
});
