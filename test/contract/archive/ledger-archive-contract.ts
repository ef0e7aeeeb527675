import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/core/audit/canonical-json.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Ledger, Outbox } from '../../../src/core/ports/ledger.ts';
import type { ArchivedRecord, LedgerArchive } from '../../../src/core/ports/ledger-archive.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../support/sample-commit.ts';

export interface ArchiveUnderTest {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly archive: LedgerArchive;
}

const registered = { table: 'registry', pk: 'models#slot', sk: 'run-1' } as const;

/** A ledger with something of every kind in it. */
export async function fillLedger({ ledger, outbox }: Pick<ArchiveUnderTest, 'ledger' | 'outbox'>): Promise<void> {
  const first = put(stateKey('config', 'current'), 'absent', { limit: '1.50', name: 'grün "☃" \u0000', '': null });
  await ledger.commit(
    commitOf('first', {
      writes: [first],
      audit: [auditDraft(), auditDraft({ stream: 'config' })],
      events: [envelope('gone')],
    }),
  );
  await outbox.markPublished(['gone']);
  await ledger.commit(
    commitOf('second', {
      writes: [
        put(stateKey('config', 'current'), 1, { limit: '2' }),
        {
          kind: 'put',
          key: registered,
          expected: 'absent',
          value: { runId: 'run-1' },
          index: { pk: 'models#candidate', sk: '001' },
        },
      ],
      audit: [auditDraft({ action: 'second' })],
      events: [envelope('waiting')],
    }),
  );
  const many = Array.from({ length: 600 }, (_, at) => ({
    key: stateKey('decisions', String(at).padStart(4, '0')),
    value: { at },
  }));
  await ledger.append([
    ...many,
    { key: stateKey('handled#x', '1'), value: {}, expiresAt: epochMillis(4_000_000_000_000) },
  ]);
}

export async function dumped(archive: Pick<LedgerArchive, 'dump'>): Promise<readonly ArchivedRecord[]> {
  const records: ArchivedRecord[] = [];
  for await (const record of archive.dump()) records.push(record);
  return records;
}

/** Records as text in an order of their own. */
export const sorted = (records: readonly ArchivedRecord[]): readonly string[] => records.map(canonicalJson).sort();

async function* stream(
  records: readonly ArchivedRecord[],
  breakAt = Number.POSITIVE_INFINITY,
): AsyncGenerator<ArchivedRecord> {
  for (const [at, record] of records.entries()) {
    if (at === breakAt) throw new Error('the line was cut');
    yield record;
  }
}

/** What every archive of a ledger promises. `open` gives an empty ledger each time. */
export function ledgerArchiveContract(name: string, open: () => Promise<ArchiveUnderTest>): void {
  describe(`${name} keeps the contract of ledger archives`, () => {
    test('dumps everything that was committed or appended, and of the events only those that wait', async () => {
      const filled = await open();
      await fillLedger(filled);
      const records = await dumped(filled.archive);
      const items = records.filter((record) => record.kind === 'item');
      expect(items.filter(({ item }) => item.key.table === 'audit')).toHaveLength(5);
      expect(items.filter(({ item }) => item.key.pk === 'decisions')).toHaveLength(600);
      expect(items).toContainEqual({
        kind: 'item',
        item: { key: stateKey('config', 'current'), version: 2, value: { limit: '2' } },
      });
      expect(items).toContainEqual({
        kind: 'item',
        item: { key: registered, version: 1, value: { runId: 'run-1' }, index: { pk: 'models#candidate', sk: '001' } },
      });
      expect(items).toContainEqual({
        kind: 'item',
        item: { key: stateKey('handled#x', '1'), version: 1, value: {} },
        expiresAt: 4_000_000_000_000,
      });
      expect(sorted(records.filter(({ kind }) => kind === 'commit'))).toEqual(
        sorted([
          { kind: 'commit', token: 'first' },
          { kind: 'commit', token: 'second' },
        ]),
      );
      expect(records.filter(({ kind }) => kind === 'event')).toEqual([{ kind: 'event', event: envelope('waiting') }]);
    });

    test('loads into an empty ledger what another one dumped, so that it dumps the same', async () => {
      const [source, target] = [await open(), await open()];
      await fillLedger(source);
      const records = await dumped(source.archive);
      expect(await target.archive.standing('a')).toBe('empty');
      await target.archive.load('a', stream(records));
      expect(await target.archive.standing('a')).toBe('loaded');
      expect(sorted(await dumped(target.archive))).toEqual(sorted(records));
    });

    test('leaves a ledger that goes on: versions, tokens, audit chain, outbox', async () => {
      const [source, { archive, ledger, outbox }] = [await open(), await open()];
      await fillLedger(source);
      await archive.load('a', source.archive.dump());
      const again = commitOf('second', { writes: [put(stateKey('other', 'x'), 'absent')] });
      expect(await ledger.commit(again)).toEqual({ outcome: 'committed', repeated: true });
      const next = put(stateKey('config', 'current'), 2, { limit: '3' });
      expect(await ledger.commit(commitOf('third', { writes: [next], audit: [auditDraft()] }))).toMatchObject({
        outcome: 'committed',
        repeated: false,
      });
      expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: 4 });
      expect(await outbox.pending(10)).toEqual([envelope('waiting')]);
      const query = { table: 'registry', by: 'index', pk: 'models#candidate', limit: 10 } as const;
      expect((await ledger.query(query)).items).toMatchObject([{ key: registered }]);
    });

    test('refuses a ledger that holds anything, and changes nothing in it', async () => {
      const [source, target] = [await open(), await open()];
      await fillLedger(source);
      await target.ledger.append([{ key: stateKey('a', 'b'), value: {} }]);
      const before = await dumped(target.archive);
      expect(await target.archive.standing('a')).toBe('taken');
      await expect(target.archive.load('a', source.archive.dump())).rejects.toMatchObject({
        code: 'ARCHIVE_TARGET_NOT_EMPTY',
      });
      expect(await dumped(target.archive)).toEqual(before);
    });

    test('takes the same archive again after it was broken off, and no other', async () => {
      const [source, { archive }] = [await open(), await open()];
      await fillLedger(source);
      const records = await dumped(source.archive);
      await expect(archive.load('a', stream(records, 550))).rejects.toThrow('the line was cut');
      expect(['empty', 'begun']).toContain(await archive.standing('a'));
      if ((await archive.standing('a')) === 'begun') {
        await expect(archive.load('b', stream(records))).rejects.toMatchObject({ code: 'ARCHIVE_TARGET_NOT_EMPTY' });
      }
      await archive.load('a', stream(records));
      expect(sorted(await dumped(archive))).toEqual(sorted(records));
    });

    test('takes nothing any more once an archive is finished', async () => {
      const [source, { archive }] = [await open(), await open()];
      await fillLedger(source);
      await archive.load('a', source.archive.dump());
      await archive.finish('other');
      expect(await archive.standing('a')).toBe('loaded');
      await archive.finish('a');
      expect(await archive.standing('a')).toBe('taken');
      await expect(archive.load('a', source.archive.dump())).rejects.toMatchObject({
        code: 'ARCHIVE_TARGET_NOT_EMPTY',
      });
    });
  });
}
