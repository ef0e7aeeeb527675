import type { DatabaseSync } from 'node:sqlite';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Outbox } from '../../core/ports/ledger.ts';
import { readRows } from './read-rows.ts';
import { transact } from './transact.ts';

/** The outbox that commits of {@link createSqliteLedger} on the same database fill. */
export function createSqliteOutbox(db: DatabaseSync): Outbox {
  const read = db.prepare('SELECT envelope FROM outbox WHERE published = 0 AND committed_at < ? ORDER BY seq LIMIT ?');
  const mark = db.prepare('UPDATE outbox SET published = 1 WHERE id = ?');
  return {
    async pending(limit, { committedBefore = epochMillis(Number.MAX_SAFE_INTEGER) } = {}) {
      return readRows(db, () => read.all(committedBefore, limit)).map(
        (row) => JSON.parse(String(row.envelope)) as EventEnvelope,
      );
    },
    async markPublished(ids) {
      if (ids.length === 0) return;
      transact(db, () => {
        for (const id of ids) mark.run(id);
      });
    },
  };
}
