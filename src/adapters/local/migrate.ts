import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AresError } from '../../core/ares-error.ts';
import { type Migration, migrations as released } from './migrations.ts';

const versionOf = (db: DatabaseSync): number => {
  const row = db.prepare('PRAGMA user_version').get();
  return Number(row?.user_version);
};

/** Copies the database as it stands, which a second connection may do while the first holds the write lock. */
function backUp(path: string, version: number): void {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let target = `${path}.backup-v${version}-${time}`;
  for (let copy = 2; existsSync(target); copy++) target = `${path}.backup-v${version}-${time}-${copy}`;
  const source = new DatabaseSync(path, { timeout: 5_000 });
  try {
    source.prepare('VACUUM INTO ?').run(target);
    const file = openSync(target, 'r+');
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    source.close();
  }
}

/**
 * Brings the database to the newest schema in one transaction; one that holds data is copied beside itself first.
 *
 * @throws AresError `DATABASE_NEWER` when a newer program wrote it
 */
export function migrate(db: DatabaseSync, path: string, migrations: readonly Migration[] = released): void {
  if (versionOf(db) === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(db);
    if (version > migrations.length) {
      throw new AresError(
        'DATABASE_NEWER',
        `${path} must have schema version ${migrations.length} or older, was ${version}: a newer Ares wrote it. Use that version of Ares, or another ARES_DATA_DIR.`,
        { path, version, newest: migrations.length },
      );
    }
    if (version > 0 && version < migrations.length) backUp(path, version);
    for (const migration of migrations.slice(version)) db.exec(migration.sql);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
