import { beforeEach, describe, expect, test } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Key, Ledger, Query } from '../../../src/core/ports/ledger.ts';
import { commitOf, stateKey } from '../support/sample-commit.ts';
import { code, type LedgerUnderTest, pages, sks } from './ledger-under-test.ts';

export function queryContract(open: () => Promise<LedgerUnderTest>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
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

    test('keeps a record until it expires, and for good when it is then written without an end', async () => {
      const key = stateKey('series', '1');
      const expiresAt = epochMillis(Date.now() + 3_600_000);
      await ledger.append([{ key, value: { n: 1 }, index: { pk: 'expiring', sk: '1' }, expiresAt }]);
      expect(await ledger.get(key)).toEqual({ key, version: 1, value: { n: 1 }, index: { pk: 'expiring', sk: '1' } });
      await ledger.commit(commitOf('t1', { writes: [{ kind: 'put', key, expected: 1, value: { n: 2 } }] }));
      await ledger.append([{ key: stateKey('series', '2'), value: {}, expiresAt: epochMillis(1_000) }]);
      expect((await ledger.get(key))?.value).toEqual({ n: 2 });
    });

    test('takes records that expired long ago, whatever becomes of them, and leaves those beside them', async () => {
      const gone = Array.from({ length: 60 }, (_, n) => ({
        key: stateKey('series', `old-${n}`),
        value: { n },
        expiresAt: epochMillis(n),
      }));
      const kept = Array.from({ length: 60 }, (_, n) => ({ key: stateKey('series', `kept-${100 + n}`), value: { n } }));
      await ledger.append([...gone, ...kept]);
      await ledger.append(gone.slice(0, 1));
      const items = await pages(ledger, { table: 'state', pk: 'series', from: 'kept-', to: 'kept-~', limit: 100 });
      expect(items.map((item) => item.value.n)).toEqual(kept.map((_, n) => n));
    });

    test('lets nothing expire that is audited, and nothing at a time that is none', async () => {
      const entry: Key = { table: 'audit', pk: 'entries#models', sk: '000000000000001' };
      const at = (expiresAt: number) => epochMillis(expiresAt);
      await expect(ledger.append([{ key: entry, value: {}, expiresAt: at(1_000) }])).rejects.toEqual(
        code('KEY_INVALID'),
      );
      for (const wrong of [Number.NaN, 1.5, -1, 1e15]) {
        await expect(ledger.append([{ key: stateKey('g', 'k'), value: {}, expiresAt: at(wrong) }])).rejects.toEqual(
          code('APPEND_INVALID'),
        );
      }
      expect(await ledger.get(stateKey('g', 'k'))).toBeUndefined();
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
      const inState = async (pk: string) => sks(await pages(ledger, { table: 'registry', pk, by: 'index', limit: 5 }));
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
}
