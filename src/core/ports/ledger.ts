import type { EventEnvelope } from '../events/envelope.ts';
import type { EpochMillis } from './clock.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** `state` holds what runs now, `registry` what was ever registered, `audit` the chained entries. */
export type TableName = 'state' | 'registry' | 'audit';

/** `pk` groups, `sk` orders inside the group (as text, so numbers are zero-padded). */
export interface Key {
  readonly table: TableName;
  readonly pk: string;
  readonly sk: string;
}

/** A second access path: one index a table, same rules as the key. An item without one is not in the index. */
export interface IndexKey {
  readonly pk: string;
  readonly sk: string;
}

export interface Item {
  readonly key: Key;
  /** 1 for a new item, one more with each write of `commit`. */
  readonly version: number;
  readonly value: JsonObject;
  readonly index?: IndexKey;
}

/** The version an item must have for a write to happen; `absent`: there must be none. */
export type Expected = number | 'absent';

export type Write =
  | {
      readonly kind: 'put';
      readonly key: Key;
      readonly expected: Expected;
      readonly value: JsonObject;
      readonly index?: IndexKey;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly expected: number }
  | { readonly kind: 'check'; readonly key: Key; readonly expected: Expected };

/** Audit is chained per stream, and each stream's order is the order of its commits. */
export type AuditStream = 'models' | 'trading' | 'config' | 'keys';

export interface AuditDraft {
  readonly stream: AuditStream;
  readonly timestamp: EpochMillis;
  readonly eventType: string;
  /** Who did it: a person's name, or the function or process that acted by itself. */
  readonly user: string;
  readonly action: string;
  readonly details: JsonObject;
  /** One process run or one function invocation. */
  readonly sessionId: string;
}

export interface Commit {
  /** Names this commit for ever: sent again after a lost answer it is recognised, and not applied twice. */
  readonly token: string;
  /**
   * The token may be forgotten so many milliseconds later, at once or after days. For commits without number that nobody sends again: then only the
   * expected versions keep them from being applied twice, so there must be one that the commit itself changes.
   */
  readonly keepTokenMs?: number;
  readonly writes: readonly Write[];
  readonly audit: readonly AuditDraft[];
  readonly events: readonly EventEnvelope[];
}

/** A whole commit, bookkeeping included, holds at most this many items. */
export const MAX_COMMIT_ITEMS = 25;

export type CommitOutcome =
  /** `repeated`: this token had been committed before, and nothing was written now. */
  | { readonly outcome: 'committed'; readonly repeated: boolean }
  /** An expected version was not met; nothing was written. */
  | { readonly outcome: 'conflict'; readonly keys: readonly Key[] };

/** Something that only accumulates; written again under the same key it replaces itself. */
export interface AppendRecord {
  readonly key: Key;
  readonly value: JsonObject;
  readonly index?: IndexKey;
  /** From this wall time on it may vanish by itself, at once or days later. Not for what is audited. */
  readonly expiresAt?: EpochMillis;
}

export interface Query {
  readonly table: TableName;
  readonly pk: string;
  /** By `index`, `pk` and the range below are the index's. */
  readonly by?: 'key' | 'index';
  /** Inclusive bounds of `sk`. */
  readonly from?: string;
  readonly to?: string;
  readonly order?: 'ascending' | 'descending';
  /** At most this many items; 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface Page {
  readonly items: readonly Item[];
  /** Present when there may be more. */
  readonly next?: string;
}

/** Reads of the ledger: by key, or by a range of one group; there is no scan. Reads by key see every commit that has returned. */
export interface LedgerReader {
  get(key: Key): Promise<Item | undefined>;
  query(query: Query): Promise<Page>;
}

/**
 * What Ares knows, with its audit trail and its outgoing events.
 *
 * `commit` is for what decides something, `append` for what only accumulates.
 */
export interface Ledger extends LedgerReader {
  /**
   * Applies all writes, chains all audit entries and puts all events into the outbox, or does none of it.
   * A race for an audit chain's head is retried inside; a failed expectation is a `conflict`.
   *
   * @throws AresError `COMMIT_TOO_LARGE` over {@link MAX_COMMIT_ITEMS} items; `COMMIT_INVALID` when two writes share a key or there is nothing to write.
   */
  commit(commit: Commit): Promise<CommitOutcome>;
  /** Writes all records, in chunks, each idempotent by its key; after an error it is safe to call again with the same records. */
  append(records: readonly AppendRecord[]): Promise<void>;
}

/** The events committed and not yet handed to the bus, oldest first. */
export interface Outbox {
  /** At most `limit`; with `committedBefore` only those whose commit is older than this wall time. */
  pending(limit: number, options?: { readonly committedBefore?: EpochMillis }): Promise<readonly EventEnvelope[]>;
  markPublished(ids: readonly string[]): Promise<void>;
}
