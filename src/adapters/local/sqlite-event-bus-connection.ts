import { DatabaseSync } from 'node:sqlite';
import { databaseError } from './database-error.ts';

/**
 * A connection for the event bus beside the ledger's, on the same database, that does not wait for the disk at every transaction.
 *
 * Nothing is lost when the process ends. After a power failure the newest transactions of the bus may be gone, never an older one without
 * them: the outbox is marked after the bus has an event, so such events are relayed again, and functions are idempotent.
 */
export function openEventBusConnection(ledgerDatabase: DatabaseSync): DatabaseSync {
  const path = ledgerDatabase.location() ?? '';
  try {
    const db = new DatabaseSync(path, { timeout: 5_000 });
    db.exec('PRAGMA synchronous = NORMAL');
    return db;
  } catch (error) {
    throw databaseError(error, path);
  }
}
