import type { DatabaseSync } from 'node:sqlite';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import { readRows } from './read-rows.ts';

/** Reads the outbox, which keeps what it has published, from its newest end. */
export function createSqliteEventLog(db: DatabaseSync): EventLog {
  const read = db.prepare('SELECT seq, envelope, published FROM outbox WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  return {
    async recent({ limit, before = Number.MAX_SAFE_INTEGER }) {
      return readRows(db, () => read.all(before, limit)).map((row) => ({
        position: Number(row.seq),
        published: Number(row.published) === 1,
        event: JSON.parse(String(row.envelope)) as EventEnvelope,
      }));
    },
  };
}
