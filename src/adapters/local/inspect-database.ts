import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databaseError } from './database-error.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** What a look at a data directory's database found, without changing it. */
export interface DatabaseInspection {
  readonly path: string;
  readonly schemaVersion: number;
  /** The schema version this program reads and writes: an older one is migrated when it is opened, a newer one refused. */
  readonly newestVersion: number;
  /** `ok`, or what SQLite's `quick_check` found wrong first. */
  readonly integrity: string;
}

const pathIn = (dataDir: string): string => join(dataDir, 'ares.db');

/** Whether a data directory has a database at all. */
export const hasDatabase = (dataDir: string): boolean => existsSync(pathIn(dataDir));

/**
 * Checks a database that may be broken: opens it read only, so that nothing is created, migrated or repaired.
 *
 * @throws AresError `DATABASE_CORRUPT`, `DATABASE_BUSY`, `DATA_DIR_UNWRITABLE`
 */
export function inspectDatabase(dataDir: string): DatabaseInspection {
  const path = pathIn(dataDir);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const schemaVersion = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    const integrity = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
    return { path, schemaVersion, newestVersion: SCHEMA_VERSION, integrity };
  } catch (error) {
    throw databaseError(error, path);
  } finally {
    db?.close();
  }
}
