import type { DatabaseSync } from 'node:sqlite';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import type { Outbox } from '../../core/ports/ledger.ts';
import { readRows } from './read-rows.ts';
import { transact } from './transact.ts';

/** The outbox that commits of {@link createSqliteLedger} on the same database fill. */
export function createSqliteOutbox(db: DatabaseSync): Outbox {
  const read = db.prepare('SELECT envelope FROM outbox WHERE published = 0 ORDER BY seq LIMIT ?');
  const mark = db.prepare('UPDATE outbox SET published = 1 WHERE id = ?');
  return {
    async pending(limit) {
      return readRows(db, () => read.all(limit)).map((row) => JSON.parse(String(row.envelope)) as EventEnvelope);
    },
    async markPublished(ids) {
      if (ids.length === 0) return;
      transact(db, () => {
        for (const id of ids) mark.run(id);
      });
    },
  };
}
