import type { DatabaseSync } from 'node:sqlite';
import {
  type AuditHead,
  auditEntryKey,
  auditHeadKey,
  auditTimeIndex,
  parseAuditHead,
} from '../../core/audit/audit-entry.ts';
import { chainAudit } from '../../core/audit/chain-audit.ts';
import { checkAppend } from '../../core/ledger/check-append.ts';
import { decodeValue } from '../../core/ledger/decode-value.ts';
import { encodeValue } from '../../core/ledger/encode-value.ts';
import { prepareCommit } from '../../core/ledger/prepare-commit.ts';
import type { WallClock } from '../../core/ports/clock.ts';
import type {
  AuditDraft,
  AuditStream,
  CommitOutcome,
  IndexKey,
  Key,
  Ledger,
  TableName,
  Write,
} from '../../core/ports/ledger.ts';
import { sqliteExpiry } from './sqlite-expiry.ts';
import { sqliteLedgerReader } from './sqlite-ledger-reader.ts';
import { systemClocks } from './system-clocks.ts';
import { transact } from './transact.ts';

const tables: readonly TableName[] = ['state', 'registry', 'audit'];
/** A write transaction of so many records lets other processes write in between. */
const APPEND_CHUNK = 500;

function tableStatements(db: DatabaseSync, table: TableName) {
  // What is written again expires no more, unless it says so again; the audit never does.
  const stays = table === 'audit' ? '' : ', expires_at = NULL';
  return {
    version: db.prepare(`SELECT version FROM ${table} WHERE pk = ? AND sk = ?`),
    value: db.prepare(`SELECT value FROM ${table} WHERE pk = ? AND sk = ?`),
    put: db.prepare(
      `INSERT INTO ${table} (pk, sk, version, value, ipk, isk) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (pk, sk)
       DO UPDATE SET version = excluded.version, value = excluded.value, ipk = excluded.ipk, isk = excluded.isk${stays}`,
    ),
    delete: db.prepare(`DELETE FROM ${table} WHERE pk = ? AND sk = ?`),
  };
}

/** The ledger in an open database: one file, every commit on disk before it returns. */
export function createSqliteLedger(db: DatabaseSync, clock: WallClock = systemClocks.wall): Ledger {
  const on = Object.fromEntries(tables.map((table) => [table, tableStatements(db, table)])) as Record<
    TableName,
    ReturnType<typeof tableStatements>
  >;
  const readToken = db.prepare('SELECT 1 FROM commits WHERE token = ?');
  const addToken = db.prepare('INSERT INTO commits (token, forgotten_at) VALUES (?, ?)');
  const forgetTokens = db.prepare(
    'DELETE FROM commits WHERE token IN (SELECT token FROM commits WHERE forgotten_at <= ? ORDER BY forgotten_at LIMIT 2)',
  );
  const addEvent = db.prepare(
    'INSERT INTO outbox (id, envelope, committed_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const expiry = sqliteExpiry(db);

  const put = (key: Key, version: number, text: string, index: IndexKey | undefined): void => {
    on[key.table].put.run(key.pk, key.sk, version, text, index?.pk ?? null, index?.sk ?? null);
  };

  const meets = (write: Write): boolean => {
    const row = on[write.key.table].version.get(write.key.pk, write.key.sk);
    return (row ? row.version : 'absent') === write.expected;
  };

  const headOf = (stream: AuditStream): AuditHead | undefined => {
    const key = auditHeadKey(stream);
    const row = on.audit.value.get(key.pk, key.sk);
    return row && parseAuditHead(stream, decodeValue(key, String(row.value)));
  };

  const addAudit = (drafts: readonly AuditDraft[]): void => {
    const heads = new Map<AuditStream, AuditHead>();
    for (const { stream } of drafts) {
      const head = headOf(stream);
      if (head) heads.set(stream, head);
    }
    const chained = chainAudit(drafts, heads);
    for (const entry of chained.entries) {
      const key = auditEntryKey(entry.stream, entry.sequence);
      put(key, 1, encodeValue(key, entry), auditTimeIndex(entry.stream, entry.timestamp, entry.sequence));
    }
    for (const [stream, head] of chained.heads) {
      const key = auditHeadKey(stream);
      put(key, head.sequence, encodeValue(key, head), undefined);
    }
  };

  return {
    ...sqliteLedgerReader(db),

    async commit(commit) {
      const { writes, events } = prepareCommit(commit);
      return transact(db, (): CommitOutcome => {
        if (readToken.get(commit.token)) return { outcome: 'committed', repeated: true };
        const unmet = commit.writes.filter((write) => !meets(write));
        if (unmet.length > 0) return { outcome: 'conflict', keys: unmet.map((write) => write.key) };
        for (const { write, text } of writes) {
          const { key, expected } = write;
          if (write.kind === 'put') put(key, expected === 'absent' ? 1 : expected + 1, text, write.index);
          else if (write.kind === 'delete') on[key.table].delete.run(key.pk, key.sk);
        }
        addAudit(commit.audit);
        for (const { id, text } of events) addEvent.run(id, text, clock.now());
        const { keepTokenMs } = commit;
        addToken.run(commit.token, keepTokenMs === undefined ? null : clock.now() + keepTokenMs);
        // Twice as many as are added: so what is left over shrinks, at a bounded price.
        if (keepTokenMs !== undefined) forgetTokens.run(clock.now());
        return { outcome: 'committed', repeated: false };
      });
    },

    async append(records) {
      const encoded = records.map((record) => {
        checkAppend(record);
        return { ...record, text: encodeValue(record.key, record.value) };
      });
      for (let at = 0; at < encoded.length; at += APPEND_CHUNK) {
        transact(db, () => {
          const chunk = encoded.slice(at, at + APPEND_CHUNK);
          for (const { key, text, index } of chunk) put(key, 1, text, index);
          expiry.note(chunk, clock.now());
        });
      }
    },
  };
}
