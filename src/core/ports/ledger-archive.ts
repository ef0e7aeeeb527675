import type { EventEnvelope } from '../events/envelope.ts';
import type { EpochMillis } from './clock.ts';
import type { Item } from './ledger.ts';

/** One thing that a ledger holds, in the form that all ledgers share. */
export type ArchivedRecord =
  /** Of the three tables, audit entries and chain heads included. */
  | { readonly kind: 'item'; readonly item: Item; readonly expiresAt?: EpochMillis }
  /** The token of a commit, so that it is recognised when it is sent again. */
  | { readonly kind: 'commit'; readonly token: string }
  /** Committed, and not yet known to be handled by all it is for. */
  | { readonly kind: 'event'; readonly event: EventEnvelope };

/** `taken`: something else is in it. `begun` and `loaded`: the archive of this id is, in part or whole, and was not finished. */
export type ArchiveStanding = 'empty' | 'begun' | 'loaded' | 'taken';

/**
 * A whole ledger out of its database, or into an empty one.
 *
 * For moving and restoring only: it reads everything there is and checks nothing that commits are for.
 */
export interface LedgerArchive {
  /**
   * Everything, in no order. On one machine as of one moment; on AWS what is committed meanwhile may be in it or not, so nothing may be.
   *
   * @throws AresError `LEDGER_CORRUPT` naming what cannot be read
   */
  dump(): AsyncIterable<ArchivedRecord>;
  /** How the ledger stands to the archive `id`. */
  standing(id: string): Promise<ArchiveStanding>;
  /**
   * Writes the records with their versions. What `records` throws ends it: on one machine nothing is written then; on AWS what was written stays,
   * marked with `id`, until the same archive is loaded again, which goes on with it.
   *
   * @throws AresError `ARCHIVE_TARGET_NOT_EMPTY` when the ledger is `taken`
   */
  load(id: string, records: AsyncIterable<ArchivedRecord>): Promise<void>;
  /** Takes the mark of the archive `id` away: nothing can be loaded from then on. */
  finish(id: string): Promise<void>;
}
