import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../../src/core/archive/read-archive.ts';
import { verifyArchive } from '../../../src/core/archive/verify-archive.ts';
import { MODEL_PART_BYTES } from '../../../src/core/archive/write-archive.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import { auditEntryKey, auditHeadKey, auditTimeIndex } from '../../../src/core/audit/audit-entry.ts';
import { chainAudit } from '../../../src/core/audit/chain-audit.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Item, JsonObject } from '../../../src/core/ports/ledger.ts';
import type { ArchivedRecord } from '../../../src/core/ports/ledger-archive.ts';
import { auditDraft, envelope, stateKey } from '../../contract/support/sample-commit.ts';
import { archiveLinesOf, each, modelOf } from '../../support/archive-text.ts';

const text = fc.string({ minLength: 1, unit: 'binary' }).filter((value) => value.isWellFormed());
const place = fc.record({ pk: text, sk: text });
const item = fc
  .record({
    table: fc.constantFrom('state', 'registry', 'audit'),
    place,
    version: fc.integer({ min: 1, max: 2 ** 40 }),
    value: fc.dictionary(text, fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject),
    index: fc.option(place, { nil: undefined }),
    expiresAt: fc.option(fc.integer({ min: 0, max: 1e14 }), { nil: undefined }),
  })
  .map(({ table, place: at, version, value, index, expiresAt }): ArchivedRecord => {
    const stored = { key: { table, ...at }, version, value, ...(index ? { index } : {}) } as Item;
    return { kind: 'item', item: stored, ...(expiresAt === undefined ? {} : { expiresAt: epochMillis(expiresAt) }) };
  });
const commit = text.map((token): ArchivedRecord => ({ kind: 'commit', token }));
const event = fc.uuid().map((id): ArchivedRecord => ({ kind: 'event', event: envelope(id) }));
const records = fc.array(fc.oneof(item, commit, event), { maxLength: 12 });
const models = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }).map((all) => all.map(modelOf));

/** Two entries a chain, their head, and something else of every kind: a small archive that verifies. */
function sound(): readonly ArchivedRecord[] {
  const { entries, heads } = chainAudit([auditDraft(), auditDraft({ action: 'second' })], new Map());
  const stored = [
    ...entries.map((entry): Item => {
      const { stream, sequence, timestamp } = entry;
      const index = auditTimeIndex(stream, timestamp, sequence);
      return { key: auditEntryKey(stream, sequence), version: 1, value: { ...entry }, index };
    }),
    ...[...heads].map(
      ([stream, head]): Item => ({ key: auditHeadKey(stream), version: head.sequence, value: { ...head } }),
    ),
    { key: stateKey('slots', 'paper:trend:BTC/USDT:1m'), version: 1, value: {} },
  ];
  const items = stored.map((one): ArchivedRecord => ({ kind: 'item', item: one }));
  return [...items.toReversed(), { kind: 'commit', token: 'a' }, { kind: 'event', event: envelope('e') }];
}

const soundLines = () => archiveLinesOf([modelOf(new Uint8Array([1, 2, 3]))], sound());
const codeOf = async (lines: readonly string[]): Promise<string> =>
  verifyArchive(each(lines)).then(
    () => 'taken',
    (error: unknown) => (error instanceof AresError ? error.code : String(error)),
  );
/** A change of an archive by somebody who knows the format and corrects what can be corrected. */
const rewritten = (change: (records: readonly ArchivedRecord[]) => readonly ArchivedRecord[]) =>
  archiveLinesOf([], change(sound()));
const withItem = (index: number, change: (item: Item) => Item) =>
  rewritten((all) =>
    all.map((one, at) => (at === index && one.kind === 'item' ? { ...one, item: change(one.item) } : one)),
  );

describe('an archive', () => {
  test('gives back every model and every record as it was, in order', async () => {
    await fc.assert(
      fc.asyncProperty(models, records, async (givenModels, givenRecords) => {
        const read = { models: [] as unknown[], records: [] as unknown[], trailers: 0 };
        for await (const part of readArchive(each(await archiveLinesOf(givenModels, givenRecords)))) {
          if (part.kind === 'model') read.models.push(part.model);
          else if (part.kind === 'record') read.records.push(part.record);
          else if (part.kind === 'trailer') read.trailers += 1;
        }
        expect(read).toEqual({ models: givenModels, records: givenRecords, trailers: 1 });
      }),
    );
  });

  test('gives back a model of several parts, of whole ones, and an empty one', async () => {
    const sizes = [0, MODEL_PART_BYTES, MODEL_PART_BYTES + 1, 2 * MODEL_PART_BYTES];
    const given = sizes.map((size) => modelOf(Uint8Array.from({ length: size }, (_, at) => (at * 7) % 256)));
    const lines = await archiveLinesOf(given, []);
    expect(lines).toHaveLength(2 + 1 + 1 + 2 + 2);
    const found = [];
    for await (const part of readArchive(each(lines))) if (part.kind === 'model') found.push(part.model);
    expect(found).toEqual(given);
  });

  test('that is sound is taken, whatever the order of its audit entries', async () => {
    expect(await codeOf(await soundLines())).toBe('taken');
    const verified = await verifyArchive(each(await soundLines()));
    expect(verified.slots.map(({ slot }) => slot)).toEqual(['paper:trend:BTC/USDT:1m']);
  });

  test('is refused after any change of one character', async () => {
    const whole = (await soundLines()).join('\n');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.constantFrom('0', 'f', '"', ' ', '{', 'é', ''),
        async (at, other) => {
          const changed = whole.slice(0, at) + other + whole.slice(at + 1);
          fc.pre(changed !== whole);
          expect(await codeOf(changed.split('\n'))).toMatch(/^ARCHIVE_(DAMAGED|INVALID|NEWER)$/);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('is refused with any line left out, doubled, or in another place', async () => {
    const lines = await soundLines();
    for (const [at, line] of lines.entries()) {
      const without = lines.toSpliced(at, 1);
      expect(await codeOf(without)).toMatch(/^ARCHIVE_/);
      expect(await codeOf(lines.toSpliced(at, 0, line))).toMatch(/^ARCHIVE_/);
      for (let to = 0; to < lines.length; to++)
        if (to !== at) expect(await codeOf(without.toSpliced(to, 0, line))).toMatch(/^ARCHIVE_/);
      expect(await codeOf(lines.slice(0, at))).toMatch(/^ARCHIVE_/);
    }
  });

  test('is refused with a reason when it is something else, or newer', async () => {
    expect(await codeOf(['ts_ms,open,high', '1,2,3'])).toBe('ARCHIVE_INVALID');
    expect(await codeOf([])).toBe('ARCHIVE_DAMAGED');
    expect(await codeOf(['null'])).toBe('ARCHIVE_INVALID');
    const [header = '', ...rest] = await soundLines();
    expect(await codeOf([header.replace('"version":1', '"version":2'), ...rest])).toBe('ARCHIVE_NEWER');
  });

  test('is refused when a model has not the bytes its hash says, though all sums are right', async () => {
    const model = { ...modelOf(new Uint8Array([1])), bytes: new Uint8Array([2]) };
    await expect(verifyArchive(each(await archiveLinesOf([model], [])))).rejects.toThrow(/line 2 ends a model/);
  });
});

describe('an archive whose audit trail was tampered with, though all sums are right', () => {
  // In `sound` the place, the head, the second and the first entry stand first, in this order.
  test.each([
    ['an entry was altered', () => withItem(3, (item) => ({ ...item, value: { ...item.value, user: 'mallory' } }))],
    ['an entry is missing', () => rewritten((all) => all.toSpliced(3, 1))],
    ['an entry stands elsewhere', () => withItem(3, (item) => ({ ...item, index: { pk: 'times#models', sk: '0' } }))],
    ['the end is missing', () => rewritten((all) => all.toSpliced(1, 1))],
    ['the end is another', () => withItem(1, (item) => ({ ...item, value: { ...item.value, hash: 'a'.repeat(64) } }))],
    [
      'the end names more than there is',
      () => withItem(1, (item) => ({ ...item, version: 3, value: { ...item.value, sequence: 3 } })),
    ],
    ['something else is in its table', () => withItem(3, (item) => ({ ...item, value: { a: 1 } }))],
    [
      'something else is where the ends are',
      () => withItem(1, (item) => ({ ...item, key: { ...item.key, sk: 'other' } })),
    ],
  ])('is refused: %s', async (_, lines) => {
    expect(await codeOf(await lines())).toBe('ARCHIVE_DAMAGED');
  });

  test('is refused when a chain was cut and begun anew', async () => {
    const { entries, heads } = chainAudit([auditDraft()], new Map());
    const other = chainAudit([auditDraft({ user: 'x' }), auditDraft()], new Map());
    const stored = [...entries, ...other.entries.slice(1)].map((entry): ArchivedRecord => {
      const { stream, sequence, timestamp } = entry;
      const index = auditTimeIndex(stream, timestamp, sequence);
      return { kind: 'item', item: { key: auditEntryKey(stream, sequence), version: 1, value: { ...entry }, index } };
    });
    const head = other.heads.get('models');
    expect(heads.size).toBe(1);
    const end: ArchivedRecord = { kind: 'item', item: { key: auditHeadKey('models'), version: 2, value: { ...head } } };
    await expect(verifyArchive(each(await archiveLinesOf([], [...stored, end])))).rejects.toThrow(
      'entry 2 of "models" does not follow the one before it',
    );
  });
});

test('an archive with what no ledger takes is refused before anything is written', async () => {
  const own: ArchivedRecord = { kind: 'item', item: { key: stateKey('~commit#a', 'token'), version: 1, value: {} } };
  const large: ArchivedRecord = {
    kind: 'item',
    item: { key: stateKey('a', 'b'), version: 1, value: { text: 'x'.repeat(400_000) } },
  };
  for (const record of [own, large]) {
    await expect(verifyArchive(each(await archiveLinesOf([], [record])))).rejects.toThrow('holds what no ledger takes');
  }
});
