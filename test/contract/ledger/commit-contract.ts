import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { JsonObject, Key, Ledger, Outbox } from '../../../src/core/ports/ledger.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../support/sample-commit.ts';
import { code, type LedgerUnderTest } from './ledger-under-test.ts';

const sorted = (_name: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

export function commitContract(open: () => Promise<LedgerUnderTest>): void {
  let ledger: Ledger;
  let outbox: Outbox;
  let other: Ledger;
  const idOf = (event: EventEnvelope) => event.detail.metadata.id;
  const pendingIds = async () => (await outbox.pending(100)).map(idOf);
  beforeEach(async () => {
    ({ ledger, outbox, other } = await open());
  });

  describe('commit', () => {
    test('applies writes, audit and events together', async () => {
      const key = stateKey('slot#1', 'deployment');
      const outcome = await ledger.commit(
        commitOf('t1', {
          writes: [put(key, 'absent', { champion: 'run-1' })],
          audit: [auditDraft()],
          events: [envelope('e1')],
        }),
      );
      expect(outcome).toEqual({ outcome: 'committed', repeated: false });
      expect(await other.get(key)).toEqual({ key, version: 1, value: { champion: 'run-1' } });
      const { entries } = await queryAudit(other, { stream: 'models', limit: 10 });
      expect(entries).toEqual([expect.objectContaining({ ...auditDraft(), sequence: 1 })]);
      expect(await outbox.pending(10)).toEqual([envelope('e1')]);
      expect(await verifyAudit(other)).toEqual({ valid: true, entries: 1 });
    });

    test('does nothing at all when one expectation is not met, naming each key that failed', async () => {
      const present = stateKey('g', 'present');
      const missing = stateKey('g', 'missing');
      const fresh = stateKey('g', 'fresh');
      await ledger.commit(commitOf('t1', { writes: [put(present, 'absent', { n: 1 })] }));
      const outcome = await ledger.commit(
        commitOf('t2', {
          writes: [put(fresh, 'absent'), put(present, 7, { n: 2 }), { kind: 'check', key: missing, expected: 3 }],
          audit: [auditDraft()],
          events: [envelope('e1')],
        }),
      );
      expect(outcome).toEqual({ outcome: 'conflict', keys: [present, missing] });
      expect(await ledger.get(fresh)).toBeUndefined();
      expect((await ledger.get(present))?.value).toEqual({ n: 1 });
      expect(await outbox.pending(10)).toEqual([]);
      expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 0 });
    });

    test('counts versions from 1 and only takes the version that is there', async () => {
      const key = stateKey('g', 'k');
      const write = (token: string, expected: number | 'absent') =>
        ledger.commit(commitOf(token, { writes: [put(key, expected, { token })] }));
      expect(await write('t1', 1)).toEqual({ outcome: 'conflict', keys: [key] });
      expect((await write('t2', 'absent')).outcome).toBe('committed');
      expect((await write('t3', 'absent')).outcome).toBe('conflict');
      expect((await write('t4', 1)).outcome).toBe('committed');
      expect((await write('t5', 1)).outcome).toBe('conflict');
      expect((await write('t6', 2)).outcome).toBe('committed');
      expect(await ledger.get(key)).toEqual({ key, version: 3, value: { token: 't6' } });
    });

    test('deletes an item of the expected version, and a new one begins at version 1', async () => {
      const key = stateKey('g', 'k');
      await ledger.commit(commitOf('t1', { writes: [put(key, 'absent')] }));
      await ledger.commit(commitOf('t2', { writes: [put(key, 1)] }));
      const remove = (token: string, expected: number) =>
        ledger.commit(commitOf(token, { writes: [{ kind: 'delete', key, expected }] }));
      expect((await remove('t3', 1)).outcome).toBe('conflict');
      expect((await remove('t4', 2)).outcome).toBe('committed');
      expect(await ledger.get(key)).toBeUndefined();
      expect((await remove('t5', 2)).outcome).toBe('conflict');
      await ledger.commit(commitOf('t6', { writes: [put(key, 'absent')] }));
      expect((await ledger.get(key))?.version).toBe(1);
    });

    test('checks an item without changing it', async () => {
      const lease = stateKey('g', 'lease');
      const order = stateKey('g', 'order');
      await ledger.commit(commitOf('t1', { writes: [put(lease, 'absent', { epoch: 1 })] }));
      const guarded = (token: string, expected: number | 'absent') =>
        ledger.commit(commitOf(token, { writes: [{ kind: 'check', key: lease, expected }, put(order, 'absent')] }));
      expect(await guarded('t2', 2)).toEqual({ outcome: 'conflict', keys: [lease] });
      expect(await guarded('t3', 'absent')).toEqual({ outcome: 'conflict', keys: [lease] });
      expect((await guarded('t4', 1)).outcome).toBe('committed');
      expect(await ledger.get(lease)).toEqual({ key: lease, version: 1, value: { epoch: 1 } });
      expect(await ledger.get(order)).toBeDefined();
    });

    test('recognises a token sent again, and writes nothing twice', async () => {
      const commit = commitOf('t1', {
        writes: [put(stateKey('g', 'k'), 'absent', { n: 1 })],
        audit: [auditDraft()],
        events: [envelope('e1')],
      });
      await ledger.commit(commit);
      expect(await other.commit(commit)).toEqual({ outcome: 'committed', repeated: true });
      const changed = { ...commit, writes: [put(stateKey('g', 'k2'), 'absent')] };
      expect(await ledger.commit(changed)).toEqual({ outcome: 'committed', repeated: true });
      expect(await ledger.get(stateKey('g', 'k2'))).toBeUndefined();
      expect(await pendingIds()).toEqual(['e1']);
      expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 1 });
    });

    test('recognises a token that is kept for a while as long as it is kept', async () => {
      const commit = commitOf('t1', { writes: [put(stateKey('g', 'k'), 'absent')], audit: [auditDraft()] });
      await ledger.commit({ ...commit, keepTokenMs: 600_000 });
      expect(await other.commit({ ...commit, keepTokenMs: 600_000 })).toEqual({ outcome: 'committed', repeated: true });
    });

    test('does not remember a token whose commit met a conflict', async () => {
      const key = stateKey('g', 'k');
      await ledger.commit(commitOf('t1', { writes: [put(key, 1)] }));
      const again = await ledger.commit(commitOf('t1', { writes: [put(key, 'absent')] }));
      expect(again).toEqual({ outcome: 'committed', repeated: false });
    });

    test('lets exactly one of many racing writers through', async () => {
      const key = stateKey('g', 'k');
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 ? ledger : other).commit(commitOf(`t${n}`, { writes: [put(key, 'absent', { n })] })),
        ),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'committed')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(9);
      expect((await ledger.get(key))?.version).toBe(1);
    });

    test('chains the audit of racing commits that have nothing else in common without a conflict', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (n % 2 ? ledger : other).commit(
            commitOf(`t${n}`, {
              writes: [put(stateKey('g', `k${n}`), 'absent')],
              audit: [auditDraft({ details: { n } }), auditDraft({ stream: n % 3 ? 'config' : 'models' })],
            }),
          ),
        ),
      );
      expect(outcomes.every(({ outcome }) => outcome === 'committed')).toBe(true);
      expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 24 });
    });

    test('takes a commit of exactly 25 items and refuses 26, counting token, entries and heads', async () => {
      const writes = (count: number) => Array.from({ length: count }, (_, n) => put(stateKey('g', `k${n}`), 'absent'));
      const audit = [auditDraft(), auditDraft(), auditDraft({ stream: 'keys' })];
      const events = [envelope('e1'), envelope('e2')];
      await expect(ledger.commit(commitOf('t1', { writes: writes(18), audit, events }))).rejects.toEqual(
        code('COMMIT_TOO_LARGE'),
      );
      expect(await ledger.get(stateKey('g', 'k0'))).toBeUndefined();
      expect((await ledger.commit(commitOf('t1', { writes: writes(17), audit, events }))).outcome).toBe('committed');
    });

    test('refuses an empty commit, a key written twice and a write to the audit table', async () => {
      const key = stateKey('g', 'k');
      const entry: Key = { table: 'audit', pk: 'entries#models', sk: '000000000000001' };
      await expect(ledger.commit(commitOf('t1', {}))).rejects.toEqual(code('COMMIT_INVALID'));
      await expect(ledger.commit(commitOf('t1', { writes: [put(key, 'absent'), put(key, 1)] }))).rejects.toEqual(
        code('COMMIT_INVALID'),
      );
      await expect(ledger.commit(commitOf('t1', { writes: [put(entry, 'absent')] }))).rejects.toEqual(
        code('KEY_INVALID'),
      );
      await expect(ledger.append([{ key: entry, value: {} }])).rejects.toEqual(code('KEY_INVALID'));
    });

    test('takes a value of the largest size and refuses a larger one', async () => {
      const key = stateKey('g', 'k');
      const write = (length: number) =>
        ledger.commit(commitOf(`t${length}`, { writes: [put(key, 'absent', { text: 'x'.repeat(length) })] }));
      await expect(write(380_000)).rejects.toEqual(code('ITEM_TOO_LARGE'));
      expect((await write(379_989)).outcome).toBe('committed');
      expect((await ledger.get(key))?.value).toEqual({ text: 'x'.repeat(379_989) });
    });

    test('gives every JSON value back as it was', async () => {
      let n = 0;
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
          const key = stateKey('values', `k${n++}`);
          await ledger.commit(commitOf(`v${n}`, { writes: [put(key, 'absent', value as JsonObject)] }));
          // JSON has one zero, JavaScript two.
          expect(JSON.stringify((await ledger.get(key))?.value, sorted)).toBe(JSON.stringify(value, sorted));
        }),
        { numRuns: 40 },
      );
    });

    test('refuses what is not JSON, naming where it is', async () => {
      const value = { list: [1, Number.NaN] };
      await expect(
        ledger.commit(commitOf('t', { writes: [put(stateKey('g', 'k'), 'absent', value)] })),
      ).rejects.toThrow(/value\.list\[1\] must be JSON .*was number NaN/);
    });
  });

  describe('outbox', () => {
    test('holds committed events oldest first until they are marked as published', async () => {
      await ledger.commit(commitOf('t1', { events: [envelope('b', 1_000, 1), envelope('a', 1_000, 2)] }));
      await ledger.commit(commitOf('t2', { events: [envelope('c', 2_000, 3)] }));
      expect(await pendingIds()).toEqual(['b', 'a', 'c']);
      expect((await outbox.pending(2)).map((event) => event.detail.metadata.id)).toEqual(['b', 'a']);
      await outbox.markPublished(['b', 'c']);
      expect(await pendingIds()).toEqual(['a']);
      await outbox.markPublished(['b', 'unknown']);
      await outbox.markPublished([]);
      expect(await pendingIds()).toEqual(['a']);
    });

    test('tells by the wall time of the commit what has waited since before a time, whatever time the event is of', async () => {
      const before = Date.now();
      await ledger.commit(commitOf('t1', { events: [envelope('future', 9_000_000_000_000, 1)] }));
      await ledger.commit(commitOf('t2', { events: [envelope('past', 1_000, 2)] }));
      const ids = async (committedBefore: number, limit = 100) =>
        (await outbox.pending(limit, { committedBefore: epochMillis(committedBefore) })).map(idOf);
      expect(await ids(before)).toEqual([]);
      expect(await ids(Date.now() + 60_000)).toEqual(['future', 'past']);
      expect(await ids(Date.now() + 60_000, 1)).toEqual(['future']);
    });

    test('gives as many as are asked for, however many', async () => {
      const all = Array.from({ length: 66 }, (_, n) => `e${100 + n}`);
      for (let at = 0; at < all.length; at += 22) {
        const events = all.slice(at, at + 22).map((id, n) => envelope(id, 1_000, at + n));
        await ledger.commit(commitOf(`t${at}`, { events }));
      }
      expect((await outbox.pending(5_000)).map(idOf)).toEqual(all);
      expect((await outbox.pending(65)).map(idOf)).toEqual(all.slice(0, 65));
    });
  });
}
