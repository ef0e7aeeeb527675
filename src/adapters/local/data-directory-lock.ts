import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AresError } from '../../core/ares-error.ts';
import { databaseError } from './database-error.ts';

export interface DataDirectoryLock {
  release(): void;
}

function holder(pidFile: string): string {
  try {
    return `process ${readFileSync(pidFile, 'utf8').trim()}`;
  } catch {
    return 'a process that has not said its number yet';
  }
}

/**
 * Makes this process the only runner of a data directory.
 *
 * The lock is an open transaction on a database file of its own: the operating system releases it with the process, however that ends.
 *
 * @throws AresError `ALREADY_RUNNING` naming the process that holds it, `DATA_DIR_UNWRITABLE`
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  const path = join(dataDir, 'lock.db');
  const pidFile = join(dataDir, 'runner.pid');
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true });
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    db?.close();
    const known = databaseError(error, path);
    if (!(known instanceof AresError) || known.code !== 'DATABASE_BUSY') throw known;
    throw new AresError(
      'ALREADY_RUNNING',
      `${dataDir} must be used by one runner, ${holder(pidFile)} already uses it. Stop that one (Ctrl-C in its terminal), or start this one with another --data-dir (or ARES_DATA_DIR).`,
      { dataDir, holder: holder(pidFile) },
      error,
    );
  }
  const held = db;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}
