import { keys } from '../ledger-keys.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Item, JsonObject, Key } from '../ports/ledger.ts';
import type { ArchivedRecord } from '../ports/ledger-archive.ts';
import type { ArchivedSlot } from './archived-slots.ts';

/** Why an imported slot is halted; whoever resumes it reads this first. */
export const IMPORT_REASON = 'imported: resume after the exchange and the books were compared';

/** Where the clock is behind an epoch, which it should never be. */
const JUMP = 1_000_000;

/**
 * A fencing epoch that no trader of this slot has ever had.
 *
 * Client order ids hold the epoch. A copy is older than what happened since: by how many epochs nobody can tell, and the same copy may be imported twice.
 * Epochs begin at 1, or at the seconds of an import, and a slot changes hands less than once a second: so the seconds since 1970 are above all of them.
 */
export function epochAfterImport(epoch: number, now: EpochMillis): number {
  const seconds = Math.floor(now / 1_000);
  return seconds > epoch ? seconds : epoch + JUMP;
}

export const epochOf = ({ lease }: ArchivedSlot): number => Number(lease?.value.epoch ?? 0);

const text = ({ table, pk, sk }: Key): string => `${table} ${pk} ${sk}`;

function changed(key: Key, before: Item | undefined, value: JsonObject): ArchivedRecord {
  return { kind: 'item', item: { key, version: (before?.version ?? 0) + 1, value } };
}

function held(slot: ArchivedSlot, by: string, now: EpochMillis): readonly ArchivedRecord[] {
  const reason = `${IMPORT_REASON} (the import was not finished)`;
  return [
    changed(keys.tradingState(slot.slot), slot.tradingState, { state: 'HALTED', reason, by, since: now }),
    changed(keys.lease(slot.slot), slot.lease, { owner: null, epoch: epochAfterImport(epochOf(slot), now) }),
  ];
}

/**
 * The records of an archive in an order and form in which they can be broken off anywhere: what forbids trading comes first, what sets things going last.
 */
export async function* heldRecords(
  records: AsyncIterable<ArchivedRecord>,
  slots: readonly ArchivedSlot[],
  { user, now }: { readonly user: string; readonly now: EpochMillis },
): AsyncGenerator<ArchivedRecord> {
  const first = slots.flatMap((slot) => held(slot, user, now));
  const written = new Set(first.map((record) => (record.kind === 'item' ? text(record.item.key) : '')));
  yield* first;
  const events: ArchivedRecord[] = [];
  for await (const record of records) {
    if (record.kind === 'event') events.push(record);
    else if (record.kind !== 'item' || !written.has(text(record.item.key))) yield record;
  }
  yield* events;
}
