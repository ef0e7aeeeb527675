import type { DatabaseSync } from 'node:sqlite';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import type { WallClock } from '../../core/ports/clock.ts';
import type { CommandQueue } from '../../core/ports/command-queue.ts';
import { readRows } from './read-rows.ts';
import { transact } from './transact.ts';

const VISIBILITY_TIMEOUT_MS = 30_000;

/** Puts events into queues; the same event in the same queue waits once. May run inside the caller's transaction. */
export function commandEnqueuer(db: DatabaseSync): (queue: string, event: EventEnvelope) => void {
  const add = db.prepare(
    'INSERT INTO commands (queue, event_id, envelope, visible_at) VALUES (?, ?, ?, 0) ON CONFLICT (queue, event_id) DO NOTHING',
  );
  return (queue, event) => {
    add.run(queue, event.detail.metadata.id, JSON.stringify(event));
  };
}

/**
 * One queue in an open database: a received command stays invisible to others for the visibility timeout, and is received again after it unless done.
 */
export function createSqliteCommandQueue(
  db: DatabaseSync,
  queue: string,
  clock: WallClock,
  { visibilityTimeoutMs = VISIBILITY_TIMEOUT_MS }: { readonly visibilityTimeoutMs?: number } = {},
): CommandQueue {
  const visible = db.prepare(
    'SELECT id, envelope FROM commands WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const hide = db.prepare('UPDATE commands SET visible_at = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM commands WHERE id = ?');
  const count = db.prepare('SELECT count(*) AS waiting FROM commands WHERE queue = ?');
  return {
    async receive(max, signal) {
      if (signal?.aborted) return [];
      const now = clock.now();
      // Looking before locking keeps an idle queue's polling free of writes.
      if (readRows(db, () => visible.all(queue, now, 1)).length === 0) return [];
      const rows = transact(db, () => {
        const found = visible.all(queue, now, max);
        for (const row of found) hide.run(now + visibilityTimeoutMs, row.id ?? null);
        return found;
      });
      return rows.map((row) => ({
        event: JSON.parse(String(row.envelope)) as EventEnvelope,
        async done() {
          transact(db, () => remove.run(row.id ?? null));
        },
      }));
    },
    async depth() {
      return Number(readRows(db, () => count.get(queue))?.waiting);
    },
  };
}
