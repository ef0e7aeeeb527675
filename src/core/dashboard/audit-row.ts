import { type AuditEntry, auditEntryKey, auditEntrySchema, auditStreams } from '../audit/audit-entry.ts';
import { type AuditQuery, queryAudit } from '../audit/query-audit.ts';
import { parseItem } from '../ledger/parse-item.ts';
import type { Json, JsonObject, LedgerReader } from '../ports/ledger.ts';
import { type AuditRow, mergeAuditRows } from './merge-audit-rows.ts';
import { shortDecimals } from './short-decimals.ts';

const TELLING = [
  'name',
  'newName',
  'version',
  'alias',
  'runId',
  'toRunId',
  'side',
  'filled',
  'averagePrice',
  'realisedPnl',
  'to',
  'component',
  'message',
  'reason',
];

const isText = (value: Json | undefined): value is string | number =>
  (typeof value === 'string' && value !== '' && value !== '0') || typeof value === 'number';

export function auditRow(entry: AuditEntry): AuditRow {
  const { stream, sequence, timestamp, eventType, user, action, details, hash } = entry;
  const told = TELLING.map((name) => details[name]).filter(isText);
  return {
    id: `${stream}#${sequence}`,
    stream,
    sequence,
    timestamp,
    eventType,
    user,
    action,
    text: shortDecimals(told.join(' · ')),
    hash,
  };
}

export interface AuditRowPage {
  readonly entries: readonly (AuditRow & { readonly details: JsonObject })[];
  readonly next: string | null;
}

/** Audit entries as rows, with their details. Same query and errors as `queryAudit`. */
export async function readAuditRows(ledger: LedgerReader, query: AuditQuery): Promise<AuditRowPage> {
  const page = await queryAudit(ledger, query);
  return {
    entries: page.entries.map((entry) => ({ ...auditRow(entry), details: entry.details })),
    next: page.next ?? null,
  };
}

/** The newest entries of all streams, newest first. @throws AresError `LEDGER_ITEM_INVALID` */
export async function readNewestAudit(ledger: LedgerReader, limit: number): Promise<readonly AuditRow[]> {
  const pages = await Promise.all(
    auditStreams.map((stream) => {
      const { table, pk } = auditEntryKey(stream, 1);
      return ledger.query({ table, pk, order: 'descending', limit });
    }),
  );
  const rows = pages.flatMap(({ items }) => items.map((item) => auditRow(parseItem(item, auditEntrySchema))));
  return mergeAuditRows(rows).slice(0, limit);
}
