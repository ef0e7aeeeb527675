import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditQuery, queryAudit } from '../audit/query-audit.ts';
import type { Json, LedgerReader } from '../ports/ledger.ts';
import { shortDecimal } from './short-decimal.ts';

/** An audit entry as a list shows it. */
export interface AuditRow {
  readonly id: string;
  readonly stream: string;
  readonly sequence: number;
  readonly timestamp: number;
  readonly eventType: string;
  readonly user: string;
  readonly action: string;
  /** The details that say most, in one line. */
  readonly text: string;
  readonly hash: string;
}

const TELLING = [
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
  const told = TELLING.map((name) => details[name])
    .filter(isText)
    .map((member) => shortDecimal(String(member)));
  return {
    id: `${stream}#${sequence}`,
    stream,
    sequence,
    timestamp,
    eventType,
    user,
    action,
    text: told.join(' · '),
    hash,
  };
}

export interface AuditRowPage {
  readonly entries: readonly AuditRow[];
  readonly next: string | null;
}

/** Audit entries as rows. Same query and errors as `queryAudit`. */
export async function readAuditRows(ledger: LedgerReader, query: AuditQuery): Promise<AuditRowPage> {
  const page = await queryAudit(ledger, query);
  return { entries: page.entries.map(auditRow), next: page.next ?? null };
}
