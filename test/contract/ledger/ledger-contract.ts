import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import type { Item, JsonObject, Key, Ledger, Outbox, Query } from '../../../src/core/ports/ledger.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../support/sample-commit.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** The same ledger as another process sees it. */
  readonly other: Ledger;
}

async function pages(ledger: Ledger, query: Query): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ ...query, after });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

const sks = (items: readonly Item[]) => items.map((item) => item.key.sk);
const code = (expected: string) => expect.objectContaining({ name: 'AresError', code: expected });

/** What every ledger promises. `open` gives an empty one each time. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`${name} keeps the ledger's contract`, () => {
    let ledger: Ledger;
    let outbox: Outbox;
    let other: Ledger;
    const pendingIds = async () => (await outbox.pending(100)).map((event) => event.detail.metadata.id);
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
        const writes = (count: number) =>
          Array.from({ length: count }, (_, n) => put(stateKey('g', `k${n}`), 'absent'));
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

    describe('append', () => {
      test('writes any number of records, and the same again changes nothing', async () => {
        const records = Array.from({ length: 1_203 }, (_, n) => ({
          key: stateKey('series', String(n).padStart(5, '0')),
          value: { n },
        }));
        await ledger.append(records);
        await ledger.append(records.slice(100, 300));
        const items = await pages(ledger, { table: 'state', pk: 'series', limit: 500 });
        expect(items.map((item) => item.value.n)).toEqual(records.map((_, n) => n));
      });

      test('replaces the record of the same key, the last one of a call winning', async () => {
        const key = stateKey('series', '1');
        await ledger.append([{ key, value: { n: 1 }, index: { pk: 'open', sk: '1' } }]);
        await ledger.append([
          { key, value: { n: 2 } },
          { key, value: { n: 3 } },
        ]);
        expect((await ledger.get(key))?.value).toEqual({ n: 3 });
        expect(await pages(ledger, { table: 'state', pk: 'open', by: 'index', limit: 10 })).toEqual([]);
      });

      test('does nothing when there is nothing to write', async () => {
        await expect(ledger.append([])).resolves.toBeUndefined();
      });
    });

    describe('query', () => {
      const fill = () =>
        ledger.append(
          ['a', 'b', 'c', 'd', 'e'].map((sk, n) => ({
            key: stateKey('g', sk),
            value: { n },
            ...(n === 2 ? {} : { index: { pk: 'even', sk: String(9 - n) } }),
          })),
        );

      test('reads one group in order, from and to included', async () => {
        await fill();
        await ledger.append([{ key: stateKey('g2', 'b'), value: {} }]);
        const read = async (part: Partial<Query>) =>
          sks((await ledger.query({ table: 'state', pk: 'g', limit: 10, ...part })).items);
        expect(await read({})).toEqual(['a', 'b', 'c', 'd', 'e']);
        expect(await read({ order: 'descending' })).toEqual(['e', 'd', 'c', 'b', 'a']);
        expect(await read({ from: 'b', to: 'd' })).toEqual(['b', 'c', 'd']);
        expect(await read({ from: 'bb' })).toEqual(['c', 'd', 'e']);
        expect(await read({ to: 'b', order: 'descending' })).toEqual(['b', 'a']);
        expect(await read({ from: 'd', to: 'b' })).toEqual([]);
        expect(await read({ limit: 2, order: 'descending' })).toEqual(['e', 'd']);
        expect(await read({ pk: 'nothing' })).toEqual([]);
        expect(await read({ table: 'registry' })).toEqual([]);
      });

      test('reads by index the items that have one, in the order of the index', async () => {
        await fill();
        const read = async (part: Partial<Query>) =>
          sks((await ledger.query({ table: 'state', pk: 'even', by: 'index', limit: 10, ...part })).items);
        expect(await read({})).toEqual(['e', 'd', 'b', 'a']);
        expect(await read({ from: '6', to: '8' })).toEqual(['d', 'b']);
        expect(await read({ from: '9', to: '1' })).toEqual([]);
        const [first] = (await ledger.query({ table: 'state', pk: 'even', by: 'index', limit: 1 })).items;
        expect(first).toEqual({ key: stateKey('g', 'e'), version: 1, value: { n: 4 }, index: { pk: 'even', sk: '5' } });
      });

      test('moves an item in the index with each commit, and takes it out when it has none', async () => {
        const key: Key = { table: 'registry', pk: 'models#s', sk: 'run-1' };
        const write = (token: string, expected: number | 'absent', index?: { pk: string; sk: string }) =>
          ledger.commit(commitOf(token, { writes: [{ kind: 'put', key, expected, value: {}, index }] }));
        const inState = async (pk: string) =>
          sks(await pages(ledger, { table: 'registry', pk, by: 'index', limit: 5 }));
        await write('t1', 'absent', { pk: 'candidates', sk: '1' });
        expect(await inState('candidates')).toEqual(['run-1']);
        await write('t2', 1, { pk: 'production', sk: '1' });
        expect([await inState('candidates'), await inState('production')]).toEqual([[], ['run-1']]);
        await write('t3', 2);
        expect(await inState('production')).toEqual([]);
      });

      test('gives every item exactly once over any pages, in both directions, by key and by index', async () => {
        const records = Array.from({ length: 23 }, (_, n) => ({
          key: stateKey('g', String(n).padStart(3, '0')),
          value: { n },
          index: { pk: 'i', sk: String(n % 4) },
        }));
        await ledger.append(records);
        for (const by of ['key', 'index'] as const) {
          for (const order of ['ascending', 'descending'] as const) {
            for (const limit of [1, 7, 23, 24]) {
              const pk = by === 'key' ? 'g' : 'i';
              const items = await pages(ledger, { table: 'state', pk, by, order, limit });
              expect(new Set(sks(items)).size).toBe(23);
              const path = items.map((item) => (by === 'key' ? item.key.sk : (item.index?.sk ?? '')));
              expect(path).toEqual(order === 'ascending' ? path.toSorted() : path.toSorted().reverse());
            }
          }
        }
      });

      test('orders text by its bytes', async () => {
        const texts = ['10', '2', 'A', 'a', 'ä', 'z', '€', '😀', '～'];
        await ledger.append(texts.map((sk) => ({ key: stateKey('g', sk), value: {} })));
        const bytes = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(sks(await pages(ledger, { table: 'state', pk: 'g', limit: 4 }))).toEqual(bytes);
      });

      test('reads more than one megabyte in one page', async () => {
        const text = 'x'.repeat(300_000);
        await ledger.append(['1', '2', '3', '4', '5'].map((sk) => ({ key: stateKey('big', sk), value: { text } })));
        expect(sks((await ledger.query({ table: 'state', pk: 'big', limit: 5 })).items)).toEqual([
          '1',
          '2',
          '3',
          '4',
          '5',
        ]);
      });

      test('refuses a limit out of range and a page token that is not its own', async () => {
        await fill();
        const { next } = await ledger.query({ table: 'state', pk: 'g', limit: 2 });
        for (const wrong of [
          { limit: 0 },
          { limit: 1_001 },
          { limit: 1.5 },
          { after: 'nonsense' },
          { after: '{}' },
          { after: next, pk: 'other' },
          { after: next, by: 'index' as const },
        ]) {
          await expect(ledger.query({ table: 'state', pk: 'g', limit: 2, ...wrong })).rejects.toEqual(
            code('QUERY_INVALID'),
          );
        }
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
    });
  });
}

const sorted = (_name: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
