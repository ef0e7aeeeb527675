import type { DatabaseSync } from 'node:sqlite';
import { databaseError } from './database-error.ts';

/**
 * Runs the work in one write transaction, which waits for other processes' writes; anything thrown undoes it.
 *
 * @throws what the work throws, and AresError `DATABASE_CORRUPT`, `DATA_DIR_UNWRITABLE`, `DATABASE_BUSY`
 */
export function transact<T>(db: DatabaseSync, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw databaseError(error, db.location() ?? 'memory');
  }
}
