import { AresError } from '../ares-error.ts';
import type { Item } from '../ports/ledger.ts';

/** JSON has no text for what is no number. */
type StoredValue = number | 'NaN';

/** The last value of a metric by step, then time, then value. */
export type LatestMetric = readonly [value: StoredValue, timestamp: number, step: number];

export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** All of a run but its metrics' histories: what one read gives and one write changes. */
export interface RunDocument {
  readonly runId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly user: string;
  readonly status: RunStatus;
  /** As the client says, milliseconds, as `endTime`. */
  readonly startTime: number;
  readonly endTime: number | null;
  readonly artifactUri: string;
  readonly stage: 'active' | 'deleted';
  readonly metrics: Readonly<Record<string, LatestMetric>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
  /** Ids of the logged models it read. */
  readonly modelInputs: readonly string[];
  readonly modelOutputs: readonly { readonly modelId: string; readonly step: number }[];
  /** The metrics that its experiment declares: for these the ledger has items that point at the run. */
  readonly indexed: readonly string[];
}

/** A run and the version of its item. */
export interface StoredRun {
  readonly run: RunDocument;
  readonly version: number;
}

/** Thousands are read for one search, and only `runWrites` writes them: so their shape is not checked again. @throws AresError `LEDGER_ITEM_INVALID` */
export function runOf({ key, value, version }: Item): StoredRun {
  if (typeof value.runId === 'string' && typeof value.startTime === 'number') {
    return { run: value as unknown as RunDocument, version };
  }
  throw new AresError('LEDGER_ITEM_INVALID', `${key.pk} must be a run, was ${JSON.stringify(value).slice(0, 200)}`);
}
