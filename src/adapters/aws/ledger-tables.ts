import type { TableName } from '../../core/ports/ledger.ts';

/** The names of the three tables as they were created. */
export type LedgerTableNames = Readonly<Record<TableName, string>>;

/** What each of the ledger's tables looks like: all key attributes are text. Plain data, so that what creates tables needs no client. */
export const ledgerTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Sparse: only items with `ipk` and `isk` are in it. Projects everything. */
  index: { name: 'byIndex', partitionKey: 'ipk', sortKey: 'isk' },
  /** Number, seconds since 1970: on the state and registry tables items that have it may vanish from then on. Never on the audit table. */
  timeToLive: 'expiresAt',
} as const;

export const ledgerTableNames = ['state', 'registry', 'audit'] as const satisfies readonly TableName[];

/** Items of the state table whose `pk` begins so are outgoing events; the relay filters the table's stream by it. */
export const OUTBOX_PREFIX = '~outbox#';
