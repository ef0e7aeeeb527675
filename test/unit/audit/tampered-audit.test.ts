import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../src/adapters/local/migrate.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { type AuditEntry, auditEntryKey, auditStreams } from '../../../src/core/audit/audit-entry.ts';
import { canonicalJson } from '../../../src/core/audit/canonical-json.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { sortable } from '../../../src/core/ledger-keys.ts';
import type { AuditDraft } from '../../../src/core/ports/ledger.ts';
import { draftArbitrary } from './audit-chain-arbitrary.ts';

async function ledgerWith(drafts: readonly AuditDraft[]) {
  const db = new DatabaseSync(':memory:');
  migrate(db, ':memory:');
  const ledger = createSqliteLedger(db);
  for (const [n, draft] of drafts.entries()) {
    await ledger.commit({ token: `t${n}`, writes: [], audit: [draft], events: [] });
  }
  db.exec('DROP TRIGGER audit_entries_are_never_changed; DROP TRIGGER audit_entries_are_never_deleted');
  return { db, ledger };
}

const columns = ['pk', 'sk', 'version', 'value', 'ipk', 'isk'] as const;
const entryFields = [
  'timestamp',
  'eventType',
  'user',
  'action',
  'details',
  'sessionId',
  'stream',
  'sequence',
  'previousHash',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[];

const drafts = fc.array(draftArbitrary(), { minLength: 2, maxLength: 8 });

type Row = Record<string, SQLInputValue>;
const entryRows = (db: DatabaseSync) =>
  db.prepare("SELECT * FROM audit WHERE pk <> 'heads' ORDER BY pk, sk").all() as Row[];
const placeOf = (row: Row) => {
  const { stream, sequence } = JSON.parse(String(row.value)) as AuditEntry;
  return { stream, sequence };
};

describe('verification of a stored audit', () => {
  test('finds nothing where nobody tampered, over many pages and streams', async () => {
    const many = Array.from({ length: 1_203 }, (_, n) => ({
      stream: n % 5 === 0 ? ('trading' as const) : ('models' as const),
      timestamp: (1_700_000_000_000 - (n % 7)) as AuditDraft['timestamp'],
      eventType: 'Tested',
      user: 'test',
      action: 'append',
      details: { n },
      sessionId: 's',
    }));
    const { ledger } = await ledgerWith(many);
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1_203 });
  });

  test('finds and locates a change of any column of any row', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.nat(), fc.constantFrom(...columns), async (written, n, column) => {
        const { db, ledger } = await ledgerWith(written);
        const rows = entryRows(db);
        const row = rows[n % rows.length]!;
        const changed = column === 'version' ? 2 : column === 'value' ? 'no JSON' : `${row[column]}!`;
        db.prepare(`UPDATE audit SET ${column} = ? WHERE pk = ? AND sk = ?`).run(changed, row.pk!, row.sk!);
        expect(await verifyAudit(ledger)).toMatchObject({ valid: false, ...placeOf(row) });
        db.close();
      }),
    );
  });

  test('finds and locates a change of any field of any entry', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.nat(), fc.constantFrom(...entryFields), async (written, n, field) => {
        const { db, ledger } = await ledgerWith(written);
        const rows = entryRows(db);
        const row = rows[n % rows.length]!;
        const entry = JSON.parse(String(row.value)) as AuditEntry;
        const was = entry[field];
        const changed =
          typeof was === 'number'
            ? was + 1
            : typeof was === 'object'
              ? { ...was, x: 1 }
              : field === 'stream'
                ? 'x'
                : `${was}x`;
        const value = canonicalJson({ ...entry, [field]: changed });
        db.prepare('UPDATE audit SET value = ? WHERE pk = ? AND sk = ?').run(value, row.pk!, row.sk!);
        expect(await verifyAudit(ledger)).toMatchObject({ valid: false, ...placeOf(row) });
        db.close();
      }),
    );
  });

  test('finds and locates a removed row, whichever it is', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.nat(), async (written, n) => {
        const { db, ledger } = await ledgerWith(written);
        const rows = entryRows(db);
        const row = rows[n % rows.length]!;
        db.prepare('DELETE FROM audit WHERE pk = ? AND sk = ?').run(row.pk!, row.sk!);
        expect(await verifyAudit(ledger)).toMatchObject({ valid: false, ...placeOf(row) });
        db.close();
      }),
    );
  });

  test('finds a head that was removed, set back, damaged or moved on', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.constantFrom('removed', 'back', 'damaged', 'text', 'on'), async (written, how) => {
        const { db, ledger } = await ledgerWith(written);
        const stream = written[0]!.stream;
        const head = db.prepare("SELECT value FROM audit WHERE pk = 'heads' AND sk = ?").get(stream);
        const { sequence, hash } = JSON.parse(String(head?.value)) as { sequence: number; hash: string };
        const set = (value: string) =>
          db.prepare("UPDATE audit SET value = ? WHERE pk = 'heads' AND sk = ?").run(value, stream);
        if (how === 'removed') db.prepare("DELETE FROM audit WHERE pk = 'heads' AND sk = ?").run(stream);
        else if (how === 'back') set(JSON.stringify({ sequence: Math.max(1, sequence - 1), hash: '0'.repeat(64) }));
        else if (how === 'damaged') set(JSON.stringify({ sequence: 'x', hash }));
        else if (how === 'text') set('{');
        else set(JSON.stringify({ sequence: sequence + 1, hash }));
        expect(await verifyAudit(ledger)).toMatchObject({ valid: false, stream });
        db.close();
      }),
    );
  });

  test('finds entries that were added behind or before the chain', async () => {
    const { db, ledger } = await ledgerWith([
      {
        stream: 'keys',
        timestamp: 1 as AuditDraft['timestamp'],
        eventType: 'e',
        user: 'u',
        action: 'a',
        details: {},
        sessionId: 's',
      },
    ]);
    const [row] = entryRows(db);
    for (const sk of [sortable(2), 'zzz', ' ', sortable(0)]) {
      db.prepare('INSERT INTO audit (pk, sk, version, value) VALUES (?, ?, 1, ?)').run(row!.pk!, sk, row!.value!);
      expect(await verifyAudit(ledger)).toMatchObject({ valid: false, stream: 'keys' });
      db.prepare('DELETE FROM audit WHERE sk = ?').run(sk);
    }
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1 });
  });

  test('finds an entry behind the chain that nobody can read', async () => {
    const { db, ledger } = await ledgerWith([]);
    db.prepare('INSERT INTO audit (pk, sk, version, value) VALUES (?, ?, 1, ?)').run(
      auditEntryKey('keys', 1).pk,
      sortable(1),
      '{',
    );
    expect(await verifyAudit(ledger)).toEqual({ valid: false, stream: 'keys', sequence: 1, problem: 'beyond_head' });
    db.close();
  });

  test('never takes commits that go on meanwhile for tampering', async () => {
    const { db, ledger } = await ledgerWith([]);
    let writing = true;
    const write = async () => {
      for (let n = 0; n < 300; n++) {
        await ledger.commit({
          token: `c${n}`,
          writes: [],
          audit: auditStreams.map((stream) => ({
            stream,
            timestamp: (n % 10) as AuditDraft['timestamp'],
            eventType: 'e',
            user: 'u',
            action: 'a',
            details: {},
            sessionId: 's',
          })),
          events: [],
        });
        if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      writing = false;
    };
    const verify = async () => {
      let rounds = 0;
      for (; writing; rounds++) {
        expect(await verifyAudit(ledger)).toMatchObject({ valid: true });
        await new Promise((resolve) => setImmediate(resolve));
      }
      return rounds;
    };
    const [, rounds] = await Promise.all([write(), verify()]);
    expect(rounds).toBeGreaterThan(1);
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1_200 });
    db.close();
  });

  test('does not hide a fault of the ledger behind a verdict', async () => {
    const { db, ledger } = await ledgerWith([]);
    db.close();
    await expect(verifyAudit(ledger)).rejects.toThrow(/not open/);
  });
});
