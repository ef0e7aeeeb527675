import * as z from 'zod';
import { AresError, messageOf } from '../ares-error.ts';
import { type EventEnvelope, envelopeSchema } from '../events/envelope.ts';
import { epochMillis } from '../ports/clock.ts';
import type { IndexKey, Item, JsonObject } from '../ports/ledger.ts';
import type { ArchivedRecord } from '../ports/ledger-archive.ts';
import type { ModelHash } from '../ports/model-store.ts';

/** What the first line says it is. */
export const ARCHIVE_FORMAT = 'ares-archive';
/** Raised when an older program could misread what a newer one writes. */
export const ARCHIVE_VERSION = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const path = z.strictObject({ pk: z.string().min(1), sk: z.string().min(1) });
const millis = z.number().int().min(0).lt(1e15).transform(epochMillis);

const headerSchema = z.strictObject({
  kind: z.literal('header'),
  format: z.literal(ARCHIVE_FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  /** Wall time. */
  createdAt: z.iso.datetime(),
  /** The deployment it was taken from. */
  stage: z.string().min(1),
  /** Models of the registry whose bytes were not to be had, with the reason. */
  missingModels: z.array(z.strictObject({ hash, reason: z.string() })),
});

const modelSchema = z.strictObject({
  kind: z.literal('model'),
  hash: hash.transform((text) => text as ModelHash),
  /** From 1. */
  part: z.number().int().positive(),
  parts: z.number().int().positive(),
  /** Base64. */
  data: z.string(),
});

const itemSchema = z.strictObject({
  kind: z.literal('item'),
  table: z.enum(['state', 'registry', 'audit']),
  ...path.shape,
  version: z.number().int().positive(),
  /** Taken as it is: zod's own objects lose a member named "__proto__". */
  value: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  index: path.optional(),
  expiresAt: millis.optional(),
});

const commitSchema = z.strictObject({ kind: z.literal('commit'), token: z.string().min(1) });

const eventSchema = z.strictObject({
  kind: z.literal('event'),
  event: z.custom<EventEnvelope>((value) => envelopeSchema.safeParse(value).success),
});

const countsSchema = z.strictObject({
  models: count,
  state: count,
  registry: count,
  audit: count,
  commits: count,
  events: count,
});

const trailerSchema = z.strictObject({
  kind: z.literal('trailer'),
  counts: countsSchema,
  /** Over every line before, each with its line feed, as UTF-8. */
  sha256: hash,
});

const lineSchema = z.discriminatedUnion('kind', [
  headerSchema,
  modelSchema,
  itemSchema,
  commitSchema,
  eventSchema,
  trailerSchema,
]);

export type ArchiveLine = z.infer<typeof lineSchema>;
export type ArchiveHeader = z.infer<typeof headerSchema>;
export type ArchiveTrailer = z.infer<typeof trailerSchema>;
export type ArchiveCounts = z.infer<typeof countsSchema>;
export type ModelLine = z.infer<typeof modelSchema>;

export const noCounts = (): { -readonly [Name in keyof ArchiveCounts]: number } => ({
  models: 0,
  state: 0,
  registry: 0,
  audit: 0,
  commits: 0,
  events: 0,
});

/** A file that is not what was written. */
export const damaged = (line: number, what: string, cause?: unknown): AresError =>
  new AresError(
    'ARCHIVE_DAMAGED',
    `the archive must be whole and as it was written, line ${line} ${what}. Nothing was taken from it; use another copy.`,
    { line },
    cause,
  );

/** @throws AresError `ARCHIVE_DAMAGED` with the number of the line */
export function parseArchiveLine(text: string, number: number): ArchiveLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(number, `is not JSON (${messageOf(error)})`, error);
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(number, `is none that belongs there: ${z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' ')}`);
}

/** The record of a line that holds one. */
export function recordOfLine(line: ArchiveLine): ArchivedRecord | undefined {
  if (line.kind === 'commit' || line.kind === 'event') return line;
  if (line.kind !== 'item') return undefined;
  const { table, pk, sk, version, value, index, expiresAt } = line;
  const item: Item = { key: { table, pk, sk }, version, value, ...(index ? { index } : {}) };
  return { kind: 'item', item, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

type RecordLine = Extract<ArchiveLine, { readonly kind: 'item' | 'commit' | 'event' }>;

/** The line of a record. */
export function lineOfRecord(record: ArchivedRecord): RecordLine {
  if (record.kind !== 'item') return record;
  const { key, version, value, index } = record.item;
  const optional: { index?: IndexKey; expiresAt?: typeof record.expiresAt } = {};
  if (index) optional.index = index;
  if (record.expiresAt !== undefined) optional.expiresAt = record.expiresAt;
  return { kind: 'item', ...key, version, value, ...optional } as RecordLine;
}
