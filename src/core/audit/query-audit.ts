import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import type { AuditStream, LedgerReader } from '../ports/ledger.ts';
import { type AuditEntry, auditEntrySchema, auditStreams, auditTimeIndex } from './audit-entry.ts';

export interface AuditQuery {
  /** Without one: all streams, merged by time. */
  readonly stream?: AuditStream;
  /** Inclusive bounds of the timestamp. */
  readonly from?: number;
  readonly to?: number;
  readonly eventType?: string;
  readonly user?: string;
  /** Entries with one of these texts among their details: a model's name, a run's id. */
  readonly about?: readonly string[];
  readonly order?: 'ascending' | 'descending';
  /** At most this many entries; 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Present when there may be more; a page may hold fewer entries than asked for, even none, and still have it. */
  readonly next?: string;
}

/** So many entries are read at most for one page, matching or not. */
const READ_BUDGET = 5_000;
const NEWEST = 999_999_999_999_999;

const positionSchema = z.tuple([z.number().int(), z.enum(auditStreams), z.number().int()]);
type Position = z.infer<typeof positionSchema>;

const positionOf = (entry: AuditEntry): Position => [entry.timestamp, entry.stream, entry.sequence];

function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || auditStreams.indexOf(a[1]) - auditStreams.indexOf(b[1]) || a[2] - b[2];
}

function parsePosition(text: string): Position {
  try {
    return positionSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AresError('QUERY_INVALID', `after must be the "next" of an earlier page, was "${text}"`, {}, error);
  }
}

/** One stream's entries in the query's range and order, read ahead page by page. */
async function* streamEntries(
  ledger: LedgerReader,
  stream: AuditStream,
  query: AuditQuery,
  cursor: Position | undefined,
): AsyncGenerator<AuditEntry> {
  const order = query.order ?? 'ascending';
  const sign = order === 'ascending' ? 1 : -1;
  let from = query.from ?? 0;
  let to = query.to ?? NEWEST;
  if (cursor && sign > 0) from = Math.max(from, cursor[0]);
  if (cursor && sign < 0) to = Math.min(to, cursor[0]);
  if (from > to) return;
  // At the cursor's own time the range begins at its sequence, so that a page never reads again what the one before gave.
  const sameStream = cursor?.[1] === stream;
  const low = auditTimeIndex(stream, from, sameStream && sign > 0 && from === cursor[0] ? cursor[2] : 0);
  const high = auditTimeIndex(stream, to, sameStream && sign < 0 && to === cursor[0] ? cursor[2] : NEWEST);
  let after: string | undefined;
  do {
    const page = await ledger.query({
      table: 'audit',
      by: 'index',
      pk: low.pk,
      from: low.sk,
      to: high.sk,
      order,
      limit: Math.min(query.limit + 1, 1_000),
      after,
    });
    for (const item of page.items) {
      const parsed = auditEntrySchema.safeParse(item.value);
      if (!parsed.success) {
        throw new AresError(
          'AUDIT_UNREADABLE',
          `audit entry ${stream} ${item.key.sk} must be readable, was not: ${z.prettifyError(parsed.error)}. Run "ares audit verify".`,
          { stream, sk: item.key.sk },
        );
      }
      if (!cursor || sign * comparePositions(positionOf(parsed.data), cursor) > 0) yield parsed.data;
    }
    after = page.next;
  } while (after !== undefined);
}

function checkQuery(query: AuditQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new AresError('QUERY_INVALID', `limit must be a whole number from 1 to 1000, was ${query.limit}`);
  }
  for (const name of ['from', 'to'] as const) {
    const time = query[name];
    if (time !== undefined && (!Number.isInteger(time) || time < 0 || time > NEWEST)) {
      throw new AresError(
        'QUERY_INVALID',
        `${name} must be milliseconds since 1970, a whole number from 0, was ${time}`,
      );
    }
  }
}

function matches(entry: AuditEntry, { eventType, user, about }: AuditQuery): boolean {
  if ((eventType ?? entry.eventType) !== entry.eventType || (user ?? entry.user) !== entry.user) return false;
  return !about || Object.values(entry.details).some((value) => typeof value === 'string' && about.includes(value));
}

/**
 * Audit entries by time, type, user and what they are about, page by page, oldest first unless asked otherwise.
 *
 * Time and stream are read through the index; the rest is compared entry by entry.
 *
 * @throws AresError `QUERY_INVALID`, `AUDIT_UNREADABLE`
 */
export async function queryAudit(ledger: LedgerReader, query: AuditQuery): Promise<AuditPage> {
  checkQuery(query);
  const cursor = query.after === undefined ? undefined : parsePosition(query.after);
  const sign = query.order === 'descending' ? -1 : 1;
  const sources = (query.stream ? [query.stream] : auditStreams).map((stream) =>
    streamEntries(ledger, stream, query, cursor),
  );
  const waiting = await Promise.all(sources.map(async (source) => ({ source, step: await source.next() })));
  const entries: AuditEntry[] = [];
  let position: Position | undefined;
  for (let read = 0; read < READ_BUDGET; read++) {
    let first: (typeof waiting)[number] | undefined;
    let entry: AuditEntry | undefined;
    for (const candidate of waiting) {
      if (candidate.step.done) continue;
      const value = candidate.step.value;
      if (!entry || sign * comparePositions(positionOf(value), positionOf(entry)) < 0) {
        first = candidate;
        entry = value;
      }
    }
    if (!first || !entry) return { entries };
    if (entries.length === query.limit) break;
    position = positionOf(entry);
    if (matches(entry, query)) entries.push(entry);
    first.step = await first.source.next();
  }
  return { entries, next: JSON.stringify(position) };
}
