import { AresError } from '../ares-error.ts';
import type { LedgerArchive } from '../ports/ledger-archive.ts';

/** @throws AresError `ARCHIVE_TARGET_NOT_EMPTY` when something else than the archive `id` is there */
export async function checkTarget(archive: Pick<LedgerArchive, 'standing'>, id: string): Promise<void> {
  if ((await archive.standing(id)) !== 'taken') return;
  throw new AresError(
    'ARCHIVE_TARGET_NOT_EMPTY',
    'an archive must go into a ledger that is empty, this one holds something. One machine: name a new directory with --data-dir. AWS: import when the tables of the stage are deployed and nothing else of it is.',
  );
}
