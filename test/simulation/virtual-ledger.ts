import { type AuditHead, auditEntryKey, auditHeadKey, auditTimeIndex } from '../../src/core/audit/audit-entry.ts';
import { chainAudit } from '../../src/core/audit/chain-audit.ts';
import type { EventEnvelope } from '../../src/core/events/envelope.ts';
import { checkAppend } from '../../src/core/ledger/check-append.ts';
import { checkCommit, keyText } from '../../src/core/ledger/check-commit.ts';
import { checkQuery, pageToken } from '../../src/core/ledger/check-query.ts';
import { decodeValue } from '../../src/core/ledger/decode-value.ts';
import type {
  AppendRecord,
  AuditDraft,
  AuditStream,
  Commit,
  CommitOutcome,
  IndexKey,
  Item,
  Key,
  Ledger,
  Page,
  Query,
  Write,
} from '../../src/core/ports/ledger.ts';

interface Row {
  readonly key: Key;
  readonly version: number;
  readonly text: string;
  readonly index: IndexKey | undefined;
}

/** The database of a world: its calls happen at once, and who calls over a network brings the time it takes. */
export interface VirtualLedger {
  get(key: Key): Item | undefined;
  query(query: Query): Page;
  commit(commit: Commit): CommitOutcome;
  append(records: readonly AppendRecord[]): void;
  /** Every event committed, in order. */
  readonly events: readonly EventEnvelope[];
  /** The same without a network: for those of the world who are not under test. */
  readonly port: Ledger;
}

const toItem = ({ key, version, text, index }: Row): Item => {
  const item = { key, version, value: decodeValue(key, text) };
  return index ? { ...item, index } : item;
};
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @param onWrite told of every row that was written, after the transaction */
export function createVirtualLedger(onWrite: (key: Key, text: string) => void): VirtualLedger {
  const rows = new Map<string, Row>();
  const groups = new Map<string, Map<string, Row>>();
  const tokens = new Set<string>();
  const eventIds = new Set<string>();
  const events: EventEnvelope[] = [];

  const groupText = (table: string, pk: string, by: string): string => `${by} ${table} ${pk}`;
  const group = (text: string): Map<string, Row> => {
    const known = groups.get(text) ?? new Map<string, Row>();
    groups.set(text, known);
    return known;
  };
  const remove = (key: Key): void => {
    const id = keyText(key);
    const row = rows.get(id);
    if (!row) return;
    rows.delete(id);
    group(groupText(key.table, key.pk, 'key')).delete(id);
    if (row.index) group(groupText(key.table, row.index.pk, 'index')).delete(id);
  };
  const put = (key: Key, version: number, text: string, index: IndexKey | undefined): void => {
    remove(key);
    const id = keyText(key);
    const row = { key, version, text, index };
    rows.set(id, row);
    group(groupText(key.table, key.pk, 'key')).set(id, row);
    if (index) group(groupText(key.table, index.pk, 'index')).set(id, row);
    onWrite(key, text);
  };
  const meets = ({ key, expected }: Write): boolean => (rows.get(keyText(key))?.version ?? 'absent') === expected;

  const headOf = new Map<AuditStream, AuditHead>();
  const addAudit = (drafts: readonly AuditDraft[]): void => {
    const heads = new Map<AuditStream, AuditHead>();
    for (const { stream } of drafts) {
      const head = headOf.get(stream);
      if (head) heads.set(stream, head);
    }
    const chained = chainAudit(drafts, heads);
    for (const entry of chained.entries) {
      const key = auditEntryKey(entry.stream, entry.sequence);
      put(key, 1, JSON.stringify(entry), auditTimeIndex(entry.stream, entry.timestamp, entry.sequence));
    }
    for (const [stream, head] of chained.heads) {
      const key = auditHeadKey(stream);
      headOf.set(stream, head);
      put(key, head.sequence, JSON.stringify(head), undefined);
    }
  };

  const ledger: Omit<VirtualLedger, 'port'> = {
    events,
    get(key) {
      const row = rows.get(keyText(key));
      return row && toItem(row);
    },
    query(query) {
      const byIndex = query.by === 'index';
      const after = checkQuery(query, byIndex ? 4 : 2)?.slice(1);
      const sign = query.order === 'descending' ? -1 : 1;
      const range = (row: Row): string => (byIndex ? (row.index?.sk ?? '') : row.key.sk);
      const path = (row: Row): readonly string[] => (byIndex ? [range(row), row.key.pk, row.key.sk] : [row.key.sk]);
      const order = (a: readonly string[], b: readonly string[]): number =>
        sign * a.reduce((sum, part, i) => sum || compare(part, b[i] ?? ''), 0);
      const found = [...group(groupText(query.table, query.pk, byIndex ? 'index' : 'key')).values()]
        .filter((row) => query.from === undefined || range(row) >= query.from)
        .filter((row) => query.to === undefined || range(row) <= query.to)
        .filter((row) => !after || order(path(row), after) > 0)
        .sort((a, b) => order(path(a), path(b)));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      const items = page.map(toItem);
      return last && found.length > page.length ? { items, next: pageToken(query.pk, ...path(last)) } : { items };
    },
    commit(commit) {
      checkCommit(commit);
      if (tokens.has(commit.token)) return { outcome: 'committed', repeated: true };
      const unmet = commit.writes.filter((write) => !meets(write));
      if (unmet.length > 0) return { outcome: 'conflict', keys: unmet.map(({ key }) => key) };
      for (const write of commit.writes) {
        const { key, expected } = write;
        if (write.kind === 'put')
          put(key, expected === 'absent' ? 1 : expected + 1, JSON.stringify(write.value), write.index);
        else if (write.kind === 'delete') remove(key);
      }
      addAudit(commit.audit);
      for (const event of commit.events) {
        const { id } = event.detail.metadata;
        if (eventIds.has(id)) continue;
        eventIds.add(id);
        events.push(event);
      }
      tokens.add(commit.token);
      return { outcome: 'committed', repeated: false };
    },
    append(records) {
      for (const record of records) {
        checkAppend(record);
        const { key, index, value } = record;
        put(key, 1, JSON.stringify(value), index);
      }
    },
  };
  return {
    ...ledger,
    port: {
      get: async (key) => ledger.get(key),
      query: async (query) => ledger.query(query),
      commit: async (commit) => ledger.commit(commit),
      append: async (records) => ledger.append(records),
    },
  };
}
