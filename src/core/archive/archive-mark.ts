import * as z from 'zod';
import type { Item, Key } from '../ports/ledger.ts';
import type { ArchiveStanding } from '../ports/ledger-archive.ts';

/** Where a ledger says which archive is being loaded into it; never part of an archive itself. */
export const ARCHIVE_MARK: Key = { table: 'state', pk: '~archive', sk: 'mark' };

const markSchema = z.object({ id: z.string(), standing: z.enum(['begun', 'loaded']) });

/** The mark as an item. */
export const archiveMark = (id: string, standing: 'begun' | 'loaded'): Item => ({
  key: ARCHIVE_MARK,
  version: 1,
  value: { id, standing },
});

/** What a mark says of the archive `id`; without one it depends on what else is there. */
export function readArchiveMark(item: Item | undefined, id: string): ArchiveStanding | undefined {
  if (!item) return undefined;
  const mark = markSchema.safeParse(item.value).data;
  return mark?.id === id ? mark.standing : 'taken';
}
