import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AresError } from '../../core/ares-error.ts';
import { databaseError } from './database-error.ts';
import { migrate } from './migrate.ts';

const CHECKED_PAGES = 8_192;
const handles = new Map<string, DatabaseSync>();

/** Changing to WAL does not wait for other connections as everything else does, so a start beside others tries again. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const busy = databaseError(error, '');
      if (attempt === 50 || !(busy instanceof AresError) || busy.code !== 'DATABASE_BUSY') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

/** A full check of a large file would delay every start; those are checked as their pages are read. */
function checkHealth(db: DatabaseSync, path: string): void {
  if (Number(db.prepare('PRAGMA page_count').get()?.page_count) > CHECKED_PAGES) return;
  const found = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  if (found !== 'ok') throw databaseError(Object.assign(new Error(found), { errcode: 11 }), path);
}

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: true });
  try {
    enterWal(db);
    db.exec('PRAGMA synchronous = FULL');
    checkHealth(db, path);
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * The database of a data directory, created or migrated where needed; one handle a process and directory.
 * Several processes may have it open: a write transaction is `BEGIN IMMEDIATE` and waits up to 5 seconds.
 *
 * @throws AresError `DATABASE_NEWER`, `DATABASE_CORRUPT`, `DATA_DIR_UNWRITABLE`, `DATABASE_BUSY`
 */
export function openDatabase(dataDir: string): DatabaseSync {
  let path = join(dataDir, 'ares.db');
  try {
    mkdirSync(dataDir, { recursive: true });
    path = join(realpathSync(dataDir), 'ares.db');
    const cached = handles.get(path);
    if (cached?.isOpen) return cached;
    const db = open(path);
    handles.set(path, db);
    return db;
  } catch (error) {
    throw databaseError(error, path);
  }
}
