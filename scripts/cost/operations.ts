/** What one of something costs on the ledger's tables. */
export interface Operation {
  readonly what: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Calls to DynamoDB. */
  readonly requests: number;
  /** What it leaves behind, its place in the index included. */
  readonly bytesKept: number;
  readonly how: string;
}

/**
 * Counted from the code, with item sizes measured in a demonstration of 2,000 bars: decision 375 bytes, order 385, fill 285, account 391,
 * prediction 443, audit entry 761, event about 720, heartbeat 511, a system check 700 and 800 more for each slot, all others below 500.
 *
 * Where `how` says measured, the bench `ledger-cost` has counted it on DynamoDB Local; the others follow DynamoDB's rules: a write of up to 1 kB is one unit, in a transaction two, a condition without a write two as well, an index's
 * place one more; a strongly consistent read of up to 4 kB is one unit. An item keeps 100 bytes of overhead, and an indexed one is kept twice.
 */
export const operations = {
  renewLease: {
    what: 'Lease renewals',
    writeUnits: 6,
    readUnits: 0,
    requests: 1,
    bytesKept: 200,
    how: 'transaction of commit token, owner check, renewal; the token stays',
  },
  heartbeat: { what: 'Heartbeats', writeUnits: 1, readUnits: 0, requests: 1, bytesKept: 0, how: 'one item, replaced' },
  decision: {
    what: 'Decisions',
    writeUnits: 1,
    readUnits: 0,
    requests: 1,
    bytesKept: 475,
    how: 'measured: one item a bar',
  },
  order: {
    what: 'Orders',
    writeUnits: 32,
    readUnits: 1,
    requests: 4,
    bytesKept: 3_600,
    how: 'measured: intent 8, settlement 20 and one a fill; 3.4 fills: owner check, order, account, event, audit, indexes',
  },
  prediction: {
    what: "The analyst's predictions",
    writeUnits: 4,
    readUnits: 1,
    requests: 0.15,
    bytesKept: 543,
    how: 'written, written again with the outcome, in and out of the index; 15 to a batch',
  },
  run: {
    what: 'Runs of functions',
    writeUnits: 1,
    readUnits: 1,
    requests: 2,
    bytesKept: 0,
    how: 'asked whether handled, marked as handled; marks expire',
  },
  systemCheck: {
    what: 'System checks',
    writeUnits: 1.2,
    readUnits: 11,
    requests: 12,
    bytesKept: 800,
    how: 'configuration, slots, last check, six alarms read; one record',
  },
  systemCheckOfSlot: {
    what: 'System checks, each slot',
    writeUnits: 0.8,
    readUnits: 9,
    requests: 9,
    bytesKept: 800,
    how: 'heartbeat, deployment, account, performance, five alarms read; its part of the record',
  },
  analysis: {
    what: 'Analyses, each slot',
    writeUnits: 0,
    readUnits: 12,
    requests: 6,
    bytesKept: 0,
    how: 'deployment, champion, pending predictions, first bar',
  },
  performance: {
    what: 'Performance, each slot',
    writeUnits: 1,
    readUnits: 150,
    requests: 8,
    bytesKept: 588,
    how: 'up to 1,000 predictions of 443 bytes, alerts; one record',
  },
  promotionCheck: {
    what: 'Promotion checks, each slot',
    writeUnits: 0,
    readUnits: 4,
    requests: 4,
    bytesKept: 0,
    how: 'deployment, configuration, candidates',
  },
  candidate: {
    what: 'Candidates',
    writeUnits: 45,
    readUnits: 20,
    requests: 10,
    bytesKept: 6_500,
    how: 'registered, decided: each a transaction with audit and event',
  },
  sweep: { what: 'Sweeps of the outbox', writeUnits: 0, readUnits: 0.5, requests: 1, bytesKept: 0, how: 'one query' },
  relay: {
    what: 'Events relayed',
    writeUnits: 2,
    readUnits: 0,
    requests: 1,
    bytesKept: 0,
    how: 'measured: taken out of the outbox and its index',
  },
  notice: {
    what: 'Alarms that begin or end',
    writeUnits: 14,
    readUnits: 2,
    requests: 3,
    bytesKept: 2_200,
    how: 'measured: transaction of token, alarm, audit entry and head, event, indexes',
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationId = keyof typeof operations;

/** How long one run of a function takes. */
export interface RunTime {
  /** Measured on one machine, in milliseconds of a whole core. */
  readonly localMs: number;
  /** Calls to AWS and the exchange that follow one another. */
  readonly calls: number;
}

/** Medians of the functions' own logs in a demonstration; those without a measurement are guesses and say so. */
export const runTimes: Readonly<Record<string, RunTime & { readonly measured: boolean }>> = {
  'analyze-market': { localMs: 14, calls: 8, measured: true },
  'check-promotion': { localMs: 4, calls: 6, measured: true },
  'track-performance': { localMs: 9, calls: 8, measured: true },
  'monitor-system': { localMs: 178, calls: 12, measured: true },
  'relay-outbox': { localMs: 5, calls: 2, measured: false },
  'sweep-outbox': { localMs: 5, calls: 3, measured: false },
  'notify-people': { localMs: 5, calls: 4, measured: false },
  'serve-registry': { localMs: 5, calls: 2, measured: true },
};

/** Lambda gives a whole core at this size. */
const CORE_MB = 1_769;
const CALL_MS = 10;

/** Milliseconds that are paid for: a small function has a small part of a core. */
export const billedMs = ({ localMs, calls }: RunTime, memoryMb: number): number =>
  Math.ceil(localMs * Math.max(1, CORE_MB / memoryMb) + calls * CALL_MS);
