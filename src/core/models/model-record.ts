import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { indexes, keys, sortable, sortableDescending } from '../ledger-keys.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Expected, Item, Write } from '../ports/ledger.ts';
import type { ModelHash } from '../ports/model-store.ts';
import { MODEL_STATES } from './lifecycle.ts';
import { runIdSchema } from './run-id.ts';
import type { ModelSignature } from './signature.ts';
import type { SlotId } from './slot.ts';

const at = z
  .number()
  .int()
  .nonnegative()
  .transform((value) => epochMillis(value));

/** The bars a model's metrics were measured on: open times of the first and the last, and how many predictions. */
export const evaluationSchema = z
  .object({ from: z.number().int(), to: z.number().int(), rows: z.number().int().positive() })
  .refine(({ from, to }) => from <= to, 'from must not be after to');

export type Evaluation = z.infer<typeof evaluationSchema>;

/** Metrics by name; what could not be measured is left out, never zero. */
export const metricsSchema = z
  .record(z.string().min(1), z.number())
  .refine(
    ({ accuracy }) => accuracy === undefined || (accuracy >= 0 && accuracy <= 1),
    'accuracy must be a number from 0 to 1',
  );

/** How the model was trained: whatever helps to do it again. */
export const paramsSchema = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));

const signatureSummarySchema = z.object({
  featureSet: z.object({ name: z.string(), version: z.number().int() }),
  featureCount: z.number().int().positive(),
  target: z.string(),
  horizon: z.number().int().positive(),
  timeframe: z.string(),
  trainingWindow: z.object({ from: z.number().int(), to: z.number().int() }),
});

/** What the registry knows of a model; all of it, so that the bytes need not be read to list models. */
const modelRecordSchema = z.object({
  runId: runIdSchema,
  slot: z.string().transform((text) => text as SlotId),
  state: z.enum(MODEL_STATES),
  reason: z.string(),
  stateChangedAt: at,
  modelHash: z.string().transform((text) => text as ModelHash),
  signature: signatureSummarySchema,
  params: paramsSchema,
  metrics: metricsSchema,
  /** One window for all metrics; `null` when nobody said what they were measured on. */
  evaluation: evaluationSchema.nullable(),
  registeredAt: at,
  registeredBy: z.string(),
  /** When it last came into production; `null` when it never was. */
  promotedAt: at.nullable(),
  /** When it was last rolled back from: a walk back never returns to it. */
  rolledBackAt: at.nullable(),
  /** Why the promotion check last left this candidate waiting, and against which champion. */
  waiting: z.object({ championRunId: z.string().nullable(), reason: z.string() }).nullable(),
});

export type ModelRecord = z.infer<typeof modelRecordSchema>;

/** A record as it stands in the ledger. */
export interface StoredModel {
  readonly record: ModelRecord;
  readonly version: number;
}

export function signatureSummary(signature: ModelSignature): ModelRecord['signature'] {
  const { featureSet, features, target, horizon, timeframe, trainingWindow } = signature;
  return { featureSet, featureCount: features.length, target, horizon, timeframe, trainingWindow };
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export function parseModel(item: Item): StoredModel {
  return { record: parseItem(item, modelRecordSchema, 'model'), version: item.version };
}

/** The write that stores a record, findable by its state. */
export function putModel(record: ModelRecord, expected: Expected): Write {
  return {
    kind: 'put',
    key: keys.model(record.slot, record.runId),
    expected,
    value: record,
    index: indexes.modelsInState(record.slot, record.state, orderInState(record)),
  };
}

/** Lower than any accuracy, so that candidates without one come last. */
const NO_ACCURACY = -1;

function orderInState(record: ModelRecord): string {
  const since: EpochMillis = record.stateChangedAt;
  if (record.state !== 'candidate') return `${sortable(since)}#${record.runId}`;
  const accuracy = sortableDescending(record.metrics.accuracy ?? NO_ACCURACY);
  return `${accuracy}#${sortable(record.registeredAt)}#${record.runId}`;
}
