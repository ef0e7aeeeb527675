import type { DatabaseSync } from 'node:sqlite';
import type { EpochMillis } from '../../core/ports/clock.ts';
import type { AppendRecord } from '../../core/ports/ledger.ts';

function tableStatements(db: DatabaseSync, table: 'state' | 'registry') {
  return {
    set: db.prepare(`UPDATE ${table} SET expires_at = ? WHERE pk = ? AND sk = ?`),
    removeOldest: db.prepare(
      `DELETE FROM ${table} WHERE rowid IN
         (SELECT rowid FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    ),
  };
}

/** Lets appended records expire, inside the transaction that appended them. */
export function sqliteExpiry(db: DatabaseSync) {
  const on = { state: tableStatements(db, 'state'), registry: tableStatements(db, 'registry') };
  return {
    /** Notes when the records expire, and removes twice as many that already have: so what is left over shrinks, at a bounded price. */
    note(records: readonly Pick<AppendRecord, 'key' | 'expiresAt'>[], now: EpochMillis): void {
      const counts = { state: 0, registry: 0 };
      for (const { key, expiresAt } of records) {
        if (expiresAt === undefined || key.table === 'audit') continue;
        on[key.table].set.run(expiresAt, key.pk, key.sk);
        counts[key.table] += 1;
      }
      for (const table of ['state', 'registry'] as const) {
        if (counts[table] > 0) on[table].removeOldest.run(now, 2 * counts[table]);
      }
    },
  };
}
