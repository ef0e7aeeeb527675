import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archivedSlots } from '../../../src/core/archive/archived-slots.ts';
import { epochAfterImport, heldRecords, IMPORT_REASON } from '../../../src/core/archive/held-records.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ArchivedRecord } from '../../../src/core/ports/ledger-archive.ts';
import { envelope } from '../../contract/support/sample-commit.ts';
import { each } from '../../support/archive-text.ts';

const slots = ['a:b:BTC/USDT:1m', 'a:b:ETH/USDT:1h'] as SlotId[];
const now = epochMillis(1_790_000_000_000);
const of = (key: ReturnType<typeof keys.lease>, version: number, value = {}): ArchivedRecord => ({
  kind: 'item',
  item: { key, version, value },
});

/** Records of two slots, one of which was never restricted, in any order. */
const archive = fc.shuffledSubarray(
  [
    of(keys.slot(slots[0]!), 1),
    of(keys.lease(slots[0]!), 5, { owner: 'trader', epoch: 7 }),
    of(keys.tradingState(slots[0]!), 3, { state: 'ACTIVE', reason: 'r', by: 'me', since: 1 }),
    of(keys.account(slots[1]!), 9),
    of(keys.account(slots[0]!), 9),
    { kind: 'commit', token: 't' } as const,
    { kind: 'event', event: envelope('e') } as const,
  ],
  { minLength: 7 },
);

async function held(records: readonly ArchivedRecord[]): Promise<readonly ArchivedRecord[]> {
  const found = archivedSlots();
  for (const record of records) if (record.kind === 'item') found.take(record.item);
  const out: ArchivedRecord[] = [];
  for await (const record of heldRecords(each(records), found.found(), { user: 'ada', now })) out.push(record);
  return out;
}

describe('the records of an import', () => {
  test('forbid trading in every slot before anything else of it is there, and set events going last', async () => {
    await fc.assert(
      fc.asyncProperty(archive, async (records) => {
        const out = await held(records);
        const first = out.slice(0, 4);
        for (const slot of slots) {
          const halts = first.filter((one) => one.kind === 'item' && one.item.key.pk === keys.tradingState(slot).pk);
          expect(halts).toHaveLength(2);
        }
        expect(out.at(-1)?.kind).toBe('event');
        const states = out.filter((one) => one.kind === 'item' && one.item.key.sk === keys.tradingState(slots[0]!).sk);
        expect(states).toMatchObject(
          slots.map(() => ({
            item: { value: { state: 'HALTED', reason: expect.stringContaining(IMPORT_REASON), by: 'ada' } },
          })),
        );
      }),
    );
  });

  test('keep every other record, and raise the versions of what they change by one', async () => {
    await fc.assert(
      fc.asyncProperty(archive, async (records) => {
        const out = await held(records);
        expect(out).toHaveLength(records.length + 2);
        expect(out).toContainEqual(of(keys.lease(slots[0]!), 6, { owner: null, epoch: 1_790_000_000 }));
        expect(out).toContainEqual(of(keys.account(slots[1]!), 9));
        const versions = out.flatMap((one) =>
          one.kind === 'item' && one.item.key.sk === keys.tradingState(slots[0]!).sk ? [one.item.version] : [],
        );
        expect(versions.toSorted()).toEqual([1, 4]);
      }),
    );
  });
});

test('an epoch after an import is above every one counted before, also from an earlier import of the same copy', () => {
  const life = fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 10 ** 7 }),
      /** Of these seconds, in which the slot changed hands. */
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
      /** What is imported after them. */
      copy: fc.constantFrom('newest', 'first'),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1_600_000_000, max: 3_000_000_000 }), life, (began, steps) => {
      let second = began;
      let epoch = 1;
      let highest = 1;
      const copies = [1];
      for (const { seconds, rate, copy } of steps) {
        second += seconds;
        epoch += Math.floor(rate * (seconds - 1));
        highest = Math.max(highest, epoch);
        copies.push(epoch);
        epoch = epochAfterImport(copies.at(copy === 'first' ? 0 : -1) ?? 1, epochMillis(second * 1_000));
        expect(epoch).toBeGreaterThan(highest);
      }
    }),
  );
  expect(epochAfterImport(2_000_000_000, epochMillis(1_000))).toBe(2_001_000_000);
});
