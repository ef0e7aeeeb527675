import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { ARCHIVE_MARK, archiveMark, readArchiveMark } from '../../core/archive/archive-mark.ts';
import { checkTarget } from '../../core/archive/check-target.ts';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import { decodeValue } from '../../core/ledger/decode-value.ts';
import { encodeValue } from '../../core/ledger/encode-value.ts';
import { epochMillis, type WallClock } from '../../core/ports/clock.ts';
import type { Item, Key, TableName } from '../../core/ports/ledger.ts';
import type { ArchivedRecord, ArchiveStanding, LedgerArchive } from '../../core/ports/ledger-archive.ts';
import { databaseError } from './database-error.ts';
import { readRows } from './read-rows.ts';
import { sqliteLedgerReader } from './sqlite-ledger-reader.ts';
import { systemClocks } from './system-clocks.ts';

type Row = Record<string, SQLOutputValue>;

const TABLES = ['state', 'registry', 'audit'] as const satisfies readonly TableName[];
const ANYTHING = `SELECT 1 FROM (
  SELECT 1 FROM state UNION ALL SELECT 1 FROM registry UNION ALL SELECT 1 FROM audit
  UNION ALL SELECT 1 FROM commits UNION ALL SELECT 1 FROM outbox UNION ALL SELECT 1 FROM deliveries) LIMIT 1`;
/** What the bus has, but not each of its targets, goes out again: functions know what they have handled. */
const UNHANDLED =
  'SELECT envelope FROM outbox WHERE published = 0 OR id IN (SELECT event_id FROM deliveries) ORDER BY seq';

function recordOf(table: TableName, row: Row): ArchivedRecord {
  const key: Key = { table, pk: String(row.pk), sk: String(row.sk) };
  const item = { key, version: Number(row.version), value: decodeValue(key, String(row.value)) };
  const indexed: Item = row.ipk === null ? item : { ...item, index: { pk: String(row.ipk), sk: String(row.isk) } };
  if (typeof row.expires_at !== 'number') return { kind: 'item', item: indexed };
  // To the second, as every ledger keeps it; rounded up, so that nothing vanishes early.
  return { kind: 'item', item: indexed, expiresAt: epochMillis(Math.ceil(row.expires_at / 1_000) * 1_000) };
}

function writer(db: DatabaseSync, clock: WallClock): (record: ArchivedRecord) => void {
  const insert = (table: TableName) => {
    const expires = table === 'audit' ? ['', ''] : [', expires_at', ', ?'];
    return db.prepare(
      `INSERT INTO ${table} (pk, sk, version, value, ipk, isk${expires[0]}) VALUES (?, ?, ?, ?, ?, ?${expires[1]})`,
    );
  };
  const on = { state: insert('state'), registry: insert('registry'), audit: insert('audit') };
  const addToken = db.prepare('INSERT INTO commits (token) VALUES (?)');
  const addEvent = db.prepare('INSERT INTO outbox (id, envelope, committed_at) VALUES (?, ?, ?)');
  return (record) => {
    if (record.kind === 'commit') addToken.run(record.token);
    else if (record.kind === 'event')
      addEvent.run(record.event.detail.metadata.id, JSON.stringify(record.event), clock.now());
    else {
      const { key, version, value, index } = record.item;
      const fields = [key.pk, key.sk, version, encodeValue(key, value), index?.pk ?? null, index?.sk ?? null];
      on[key.table].run(...fields, ...(key.table === 'audit' ? [] : [record.expiresAt ?? null]));
    }
  };
}

/**
 * The ledger of an open database as an archive has it.
 *
 * It works on a connection of its own: a dump is one read transaction, a load one write transaction. Left behind are what the page's event list shows of
 * the past, metrics, and what waits in the command queues, which only says to look at the ledger again.
 */
export function createSqliteArchive(db: DatabaseSync, clock: WallClock = systemClocks.wall): LedgerArchive {
  const path = db.location() ?? '';
  const reader = sqliteLedgerReader(db);

  const connect = (): DatabaseSync => {
    const own = new DatabaseSync(path, { timeout: 5_000 });
    own.exec('PRAGMA synchronous = FULL');
    return own;
  };

  const standing = async (id: string): Promise<ArchiveStanding> => {
    const mark = readArchiveMark(await reader.get(ARCHIVE_MARK), id);
    if (mark) return mark;
    return readRows(db, () => db.prepare(ANYTHING).get()) ? 'taken' : 'empty';
  };

  function* everything(own: DatabaseSync): Generator<ArchivedRecord> {
    for (const table of TABLES) {
      const expires = table === 'audit' ? '' : ', expires_at';
      const rows = own.prepare(`SELECT pk, sk, version, value, ipk, isk${expires} FROM ${table} ORDER BY pk, sk`);
      for (const row of rows.iterate()) if (row.pk !== ARCHIVE_MARK.pk) yield recordOf(table, row);
    }
    for (const row of own.prepare('SELECT token FROM commits ORDER BY token').iterate())
      yield { kind: 'commit', token: String(row.token) };
    for (const row of own.prepare(UNHANDLED).iterate())
      yield { kind: 'event', event: JSON.parse(String(row.envelope)) as EventEnvelope };
  }

  return {
    standing,

    async *dump() {
      const own = connect();
      try {
        own.exec('BEGIN');
        yield* everything(own);
      } catch (error) {
        throw databaseError(error, path);
      } finally {
        own.close();
      }
    },

    async load(id, records) {
      const own = connect();
      try {
        own.exec('BEGIN IMMEDIATE');
        await checkTarget({ standing }, id);
        const write = writer(own, clock);
        for await (const record of records) write(record);
        write({ kind: 'item', item: archiveMark(id, 'loaded') });
        own.exec('COMMIT');
      } catch (error) {
        throw databaseError(error, path);
      } finally {
        // Closed inside a transaction, a connection undoes it.
        own.close();
      }
    },

    async finish(id) {
      if ((await standing(id)) !== 'loaded') return;
      readRows(db, () => db.prepare('DELETE FROM state WHERE pk = ?').run(ARCHIVE_MARK.pk));
    },
  };
}
