import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { migrate } from '../../../src/adapters/local/migrate.ts';
import { migrations, SCHEMA_VERSION } from '../../../src/adapters/local/migrations.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { sqliteLedgerReader } from '../../../src/adapters/local/sqlite-ledger-reader.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../../contract/support/sample-commit.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { outputOf, startModule } from './run-module.ts';

function opened(directory: string): DatabaseSync {
  const db = openDatabase(directory);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  return db;
}

const pragma = (db: DatabaseSync, name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
const backups = (directory: string) => readdirSync(directory).filter((name) => name.includes('.backup-'));
const commit = commitOf('t1', {
  writes: [put(stateKey('g', 'k'), 'absent', { n: 1 })],
  audit: [auditDraft()],
  events: [envelope('e1')],
});

/** A database as the first version of the program left it, with a commit in it: what a database of today holds, in the tables of then. */
async function oldDatabase(): Promise<string> {
  const today = temporaryDirectory();
  await createSqliteLedger(opened(today)).commit(commit);
  const directory = temporaryDirectory();
  const db = new DatabaseSync(join(directory, 'ares.db'));
  migrate(db, db.location()!, migrations.slice(0, 1));
  db.exec(`ATTACH '${join(today, 'ares.db')}' AS today`);
  for (const table of ['state', 'registry', 'audit', 'commits', 'outbox']) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}', 'main')`).all();
    const names = columns.map(({ name }) => name).join(', ');
    db.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM today.${table}`);
  }
  db.close();
  return directory;
}

describe('a data directory', () => {
  test('gets a database where every commit is on disk before it returns', () => {
    const directory = join(temporaryDirectory(), 'deep', 'inside');
    const db = opened(directory);
    expect(pragma(db, 'journal_mode')).toBe('wal');
    expect(pragma(db, 'synchronous')).toBe(2);
    expect(pragma(db, 'busy_timeout')).toBe(5_000);
    expect(pragma(db, 'foreign_keys')).toBe(1);
    expect(pragma(db, 'user_version')).toBe(SCHEMA_VERSION);
    expect(backups(directory)).toEqual([]);
  });

  test('is opened once a process, and again after its handle was closed', () => {
    const directory = temporaryDirectory();
    const db = opened(directory);
    expect(openDatabase(join(directory, '..', basename(directory))) === db).toBe(true);
    db.close();
    expect(opened(directory) === db).toBe(false);
  });

  test('of an older schema is migrated with nothing lost, after a copy of it was laid beside', async () => {
    const directory = await oldDatabase();
    const ledger = createSqliteLedger(opened(directory));
    expect((await ledger.get(stateKey('g', 'k')))?.value).toEqual({ n: 1 });
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1 });
    expect(await createSqliteOutbox(opened(directory)).pending(10)).toEqual([envelope('e1')]);
    const [backup, ...others] = backups(directory);
    expect(others).toEqual([]);
    expect(backup).toMatch(/^ares\.db\.backup-v1-\d{8}T\d{6}Z$/);
    const copy = new DatabaseSync(join(directory, backup!), { readOnly: true });
    expect(pragma(copy, 'user_version')).toBe(1);
    expect(await sqliteLedgerReader(copy).get(stateKey('g', 'k'))).toBeDefined();
    copy.close();
  });

  test('stays as it was when a migration fails', async () => {
    const directory = await oldDatabase();
    const db = new DatabaseSync(join(directory, 'ares.db'));
    const broken = [migrations[0]!, { about: 'breaks half way', sql: 'CREATE TABLE half (a); CREATE TABLE half (a);' }];
    expect(() => migrate(db, db.location()!, broken)).toThrow(/already exists/);
    expect(pragma(db, 'user_version')).toBe(1);
    expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
    db.close();
    expect(pragma(opened(directory), 'user_version')).toBe(SCHEMA_VERSION);
    expect(backups(directory)).toHaveLength(2);
  });

  test('is migrated once when several processes start at the same moment', async () => {
    const directory = await oldDatabase();
    const children = Array.from({ length: 4 }, () => outputOf(startModule('open-and-say.ts', [directory])));
    expect((await Promise.all(children)).map(({ output }) => output)).toEqual(
      Array.from({ length: 4 }, () => 'opened'),
    );
    expect(backups(directory)).toHaveLength(1);
  });

  test('of a newer schema is refused, unchanged', () => {
    const directory = temporaryDirectory();
    const db = opened(directory);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_NEWER',
        message: expect.stringContaining(
          `must have schema version ${SCHEMA_VERSION} or older, was ${SCHEMA_VERSION + 1}`,
        ),
      }),
    );
    expect(backups(directory)).toEqual([]);
  });

  test('whose database is something else is refused with the remedy, unchanged', () => {
    const directory = temporaryDirectory();
    const content = 'this is not a database, but somebody may need it. '.repeat(30);
    writeFileSync(join(directory, 'ares.db'), content);
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_CORRUPT',
        message: expect.stringMatching(/move the file .* away.*backup/),
      }),
    );
    expect(readFileSync(join(directory, 'ares.db'), 'utf8')).toBe(content);
  });

  test.each(['truncated', 'overwritten'])('whose database was %s is refused with the remedy', async (how) => {
    const directory = temporaryDirectory();
    const db = opened(directory);
    const records = Array.from({ length: 300 }, (_, n) => ({
      key: stateKey('g', `${n}`),
      value: { text: 'x'.repeat(500) },
    }));
    await createSqliteLedger(db).append(records);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const path = join(directory, 'ares.db');
    if (how === 'truncated') truncateSync(path, 20_480);
    else writeFileSync(path, readFileSync(path).fill(0xa5, 8_192, 60_000));
    expect(() => openDatabase(directory)).toThrow(expect.objectContaining({ code: 'DATABASE_CORRUPT' }));
  });

  test('that only others may write to is refused with the remedy', async () => {
    const directory = join(temporaryDirectory(), 'theirs');
    mkdirSync(directory);
    chmodSync(directory, 0o555);
    chmodSync(join(directory, '..'), 0o755);
    // The superuser may write everywhere, so the child is somebody else then.
    const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { output } = await outputOf(startModule('open-and-say.ts', [directory], somebody));
    expect(output).toMatch(/^DATA_DIR_UNWRITABLE: .*ares\.db must be writable.*ARES_DATA_DIR/s);
  });

  test('that is full says so, and keeps what was committed before', async () => {
    const directory = temporaryDirectory();
    const db = opened(directory);
    const ledger = createSqliteLedger(db);
    await ledger.commit(commit);
    db.exec(`PRAGMA max_page_count = ${Number(pragma(db, 'page_count')) + 2}`);
    const big = (n: number) => ({ key: stateKey('big', `${n}`), value: { text: 'x'.repeat(5_000) } });
    await expect(ledger.append(Array.from({ length: 10 }, (_, n) => big(n)))).rejects.toMatchObject({
      code: 'DATA_DIR_UNWRITABLE',
      message: expect.stringContaining('Free space'),
    });
    expect((await ledger.query({ table: 'state', pk: 'big', limit: 10 })).items).toEqual([]);
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1 });
    db.exec('PRAGMA max_page_count = 100000');
    await ledger.append([big(1)]);
  });

  test('that another process keeps locked is reported, not waited for without end', async () => {
    const directory = temporaryDirectory();
    const db = opened(directory);
    const other = new DatabaseSync(join(directory, 'ares.db'));
    other.exec('BEGIN IMMEDIATE');
    db.exec('PRAGMA busy_timeout = 50');
    await expect(createSqliteLedger(db).commit(commit)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    other.exec('COMMIT');
    expect((await createSqliteLedger(db).commit(commit)).outcome).toBe('committed');
    other.close();
  });

  test('lets nobody change or remove an audit entry through SQL', async () => {
    const db = opened(temporaryDirectory());
    await createSqliteLedger(db).commit(commit);
    expect(() => db.exec("UPDATE audit SET value = '{}'")).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM audit')).toThrow(/never deleted/);
  });
});
