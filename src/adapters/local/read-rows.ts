import type { DatabaseSync } from 'node:sqlite';
import { databaseError } from './database-error.ts';

/** Runs a read. @throws AresError `DATABASE_CORRUPT`, `DATABASE_BUSY`, `DATA_DIR_UNWRITABLE` */
export function readRows<T>(db: DatabaseSync, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw databaseError(error, db.location() ?? 'memory');
  }
}
