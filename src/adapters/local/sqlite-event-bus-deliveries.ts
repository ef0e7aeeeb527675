import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { AresError } from '../../core/ares-error.ts';
import { deadLetterEvent } from '../../core/events/dead-letter-event.ts';
import { type EventBridgeEvent, scheduledRunTime } from '../../core/events/event-bridge-event.ts';
import { retryDelay } from '../../core/events/retry-delay.ts';
import type { Subscription } from '../../core/events/subscription.ts';
import { type EpochMillis, epochMillis, type WallClock } from '../../core/ports/clock.ts';
import type { Deliveries, Delivery } from '../../core/ports/deliveries.ts';
import type { Random } from '../../core/ports/random.ts';
import { readRows } from './read-rows.ts';
import { transact } from './transact.ts';

type Row = Record<string, SQLOutputValue>;
type Target = Extract<Subscription, { readonly kind: 'function' }>;

/** An attempt may outlive its function's timeout by this much before it is taken for lost. */
const GRACE_MS = 5_000;

const deliveryOf = (row: Row): Delivery => ({
  id: Number(row.id),
  target: String(row.target),
  event: JSON.parse(String(row.envelope)) as EventBridgeEvent,
  attempt: Number(row.attempts) + 1,
});

/** Deliveries to functions; `insert` adds one inside the caller's transaction. */
export function createSqliteDeliveries(
  db: DatabaseSync,
  subscriptions: readonly Subscription[],
  { clock, random }: { readonly clock: WallClock; readonly random: Random },
): Deliveries & { insert(target: string, event: EventBridgeEvent): boolean } {
  const functions = new Map(
    subscriptions.flatMap((subscription) =>
      subscription.kind === 'function' ? [[subscription.target, subscription] as const] : [],
    ),
  );
  const add = db.prepare(
    `INSERT INTO deliveries (event_id, target, envelope, due, created)
     SELECT ?1, ?2, ?3, ?4, ?4 WHERE NOT EXISTS (SELECT 1 FROM delivered WHERE event_id = ?1 AND target = ?2)
     ON CONFLICT (event_id, target) DO NOTHING`,
  );
  const newestRun = db.prepare(
    `SELECT max(event_id) AS id FROM (
       SELECT event_id FROM delivered WHERE target = ?1 AND event_id BETWEEN ?1 || '@' AND ?1 || '@~'
       UNION ALL SELECT event_id FROM deliveries WHERE target = ?1 AND event_id BETWEEN ?1 || '@' AND ?1 || '@~')`,
  );
  const anyDue = db.prepare(`SELECT 1 FROM deliveries WHERE state = 'waiting' AND due <= ? LIMIT 1`);
  const due = db.prepare(
    `SELECT id, target, envelope, attempts FROM deliveries
     WHERE state = 'waiting' AND due <= ? AND target IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
  );
  const begin = db.prepare('UPDATE deliveries SET attempts = attempts + 1, due = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM deliveries WHERE id = ?');
  const noteDelivered = db.prepare('INSERT INTO delivered (event_id, target) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const postpone = db.prepare('UPDATE deliveries SET due = ?, last_error = ? WHERE id = ?');
  const bury = db.prepare(`UPDATE deliveries SET state = 'dead', due = ?, last_error = ? WHERE id = ?`);
  const report = db.prepare(
    'INSERT INTO outbox (id, envelope, committed_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const allDead = db.prepare(`SELECT * FROM deliveries WHERE state = 'dead' ORDER BY id`);
  const countDead = db.prepare(`SELECT count(*) AS dead FROM deliveries WHERE state = 'dead'`);
  const revive = db.prepare(
    `UPDATE deliveries SET state = 'waiting', attempts = 0, due = ?1
     WHERE state = 'dead' AND (?2 IS NULL OR CAST(id AS TEXT) = ?2)`,
  );
  const allDueNow = db.prepare(`UPDATE deliveries SET due = ?1 WHERE state = 'waiting' AND due > ?1`);

  const subscriptionOf = (target: string): Target => {
    const found = functions.get(target);
    if (found) return found;
    throw new AresError('TARGET_UNKNOWN', `target must be one of ${[...functions.keys()].join(', ')}, was "${target}"`);
  };

  const insert = (target: string, event: EventBridgeEvent): boolean =>
    add.run(event.id, subscriptionOf(target).target, JSON.stringify(event), clock.now()).changes > 0;

  /** The report goes through the outbox, so that it exists exactly when the delivery is dead. */
  const die = (delivery: Delivery, attempts: number, error: string): void => {
    const now = clock.now();
    bury.run(now, error, delivery.id);
    const event = deadLetterEvent({ ...delivery, attempts }, error, now);
    report.run(event.detail.metadata.id, JSON.stringify(event), now);
  };

  /** Starts an attempt, unless the last one allowed was lost with its process. */
  const start = (delivery: Delivery, now: EpochMillis): Delivery[] => {
    const { maxAttempts, timeoutMs } = subscriptionOf(delivery.target);
    if (delivery.attempt > maxAttempts) {
      die(delivery, maxAttempts, 'the process ended, or the time was over, before the attempt did');
      return [];
    }
    begin.run(now + timeoutMs + GRACE_MS, delivery.id);
    return [delivery];
  };

  return {
    insert,
    enqueue: (target, event) => transact(db, () => insert(target, event)),
    lastScheduled(target) {
      const id = readRows(db, () => newestRun.get(target))?.id;
      return typeof id === 'string' ? scheduledRunTime(target, id) : undefined;
    },
    takeDue(now, limit, targets = [...functions.keys()]) {
      // Looking before locking keeps an idle bus free of writes.
      if (readRows(db, () => anyDue.get(now)) === undefined) return [];
      const wanted = JSON.stringify(targets);
      if (readRows(db, () => due.get(now, wanted, 1)) === undefined) return [];
      return transact(db, () => due.all(now, wanted, limit).flatMap((row) => start(deliveryOf(row), now)));
    },
    finished({ id, event, target }) {
      transact(db, () => {
        remove.run(id);
        noteDelivered.run(event.id, target);
      });
    },
    failed(delivery, error) {
      const { maxAttempts, retryAfterMs } = subscriptionOf(delivery.target);
      return transact(db, () => {
        if (delivery.attempt >= maxAttempts) {
          die(delivery, delivery.attempt, error);
          return 'dead';
        }
        postpone.run(clock.now() + (retryAfterMs ?? retryDelay(delivery.attempt, random)), error, delivery.id);
        return 'waiting';
      });
    },
    recover(now) {
      transact(db, () => allDueNow.run(now));
    },
    async deadCount() {
      return Number(readRows(db, () => countDead.get())?.dead);
    },
    async dead() {
      return readRows(db, () => allDead.all()).map((row) => ({
        id: String(row.id),
        target: String(row.target),
        event: JSON.parse(String(row.envelope)) as EventBridgeEvent,
        attempts: Number(row.attempts),
        lastError: String(row.last_error),
        since: epochMillis(Number(row.due)),
      }));
    },
    async replay(which) {
      const id = which === 'all' ? null : which.id;
      return { replayed: Number(transact(db, () => revive.run(clock.now(), id)).changes), dismissed: 0 };
    },
  };
}
