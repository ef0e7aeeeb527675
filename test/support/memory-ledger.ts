import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import {
  type AuditHead,
  auditEntryKey,
  auditHeadKey,
  auditHeadSchema,
  auditTimeIndex,
} from '../../src/core/audit/audit-entry.ts';
import { chainAudit } from '../../src/core/audit/chain-audit.ts';
import type { EventEnvelope } from '../../src/core/events/envelope.ts';
import { checkAppend } from '../../src/core/ledger/check-append.ts';
import { checkCommit, keyText } from '../../src/core/ledger/check-commit.ts';
import { checkQuery, pageToken } from '../../src/core/ledger/check-query.ts';
import { decodeValue } from '../../src/core/ledger/decode-value.ts';
import { encodeValue } from '../../src/core/ledger/encode-value.ts';
import { type EpochMillis, epochMillis, type WallClock } from '../../src/core/ports/clock.ts';
import type {
  AuditDraft,
  AuditStream,
  IndexKey,
  Item,
  Key,
  Ledger,
  Outbox,
  Query,
  Write,
} from '../../src/core/ports/ledger.ts';

interface Row {
  readonly key: Key;
  readonly version: number;
  readonly text: string;
  readonly index: IndexKey | undefined;
}

export interface MemoryLedger extends Ledger, Outbox {
  /** Every event ever committed, published or not, in order. */
  readonly events: readonly EventEnvelope[];
  /** Called before each commit is applied: what it throws stands for a crash, and it may commit something else first. */
  beforeCommit: ((token: string) => void | Promise<void>) | undefined;
  /** Called after each commit was applied and before its answer is given. */
  afterCommit: ((token: string) => void | Promise<void>) | undefined;
}

const toItem = ({ key, version, text, index }: Row): Item => {
  const item = { key, version, value: decodeValue(key, text) };
  return index ? { ...item, index } : item;
};

const bytes = (text: string) => Buffer.from(text);
const compareText = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(bytes(a), bytes(b)));
const comparePath = (a: readonly string[], b: readonly string[]): number =>
  a.reduce((order, part, at) => order || compareText(part, b[at] ?? ''), 0);

/** A ledger that keeps all its promises except to outlive the process. */
export function createMemoryLedger(clock: WallClock = systemClocks.wall): MemoryLedger {
  const rows = new Map<string, Row>();
  const tokens = new Set<string>();
  const events: EventEnvelope[] = [];
  const published = new Set<string>();
  const committedAt = new Map<string, EpochMillis>();

  const put = (key: Key, version: number, text: string, index: IndexKey | undefined): void => {
    rows.set(keyText(key), { key, version, text, index });
  };
  const meets = ({ key, expected }: Write): boolean => (rows.get(keyText(key))?.version ?? 'absent') === expected;

  const addAudit = (drafts: readonly AuditDraft[]): void => {
    const heads = new Map<AuditStream, AuditHead>();
    for (const { stream } of drafts) {
      const row = rows.get(keyText(auditHeadKey(stream)));
      if (row) heads.set(stream, auditHeadSchema.parse(decodeValue(row.key, row.text)));
    }
    const chained = chainAudit(drafts, heads);
    for (const entry of chained.entries) {
      const key = auditEntryKey(entry.stream, entry.sequence);
      put(key, 1, encodeValue(key, entry), auditTimeIndex(entry.stream, entry.timestamp, entry.sequence));
    }
    for (const [stream, head] of chained.heads) {
      const key = auditHeadKey(stream);
      put(key, head.sequence, encodeValue(key, head), undefined);
    }
  };

  const ledger: MemoryLedger = {
    events,
    beforeCommit: undefined,
    afterCommit: undefined,

    async get(key) {
      const row = rows.get(keyText(key));
      return row && toItem(row);
    },

    async query(query: Query) {
      const byIndex = query.by === 'index';
      const after = checkQuery(query, byIndex ? 4 : 2)?.slice(1);
      const sign = query.order === 'descending' ? -1 : 1;
      const group = (row: Row) => (byIndex ? row.index?.pk : row.key.pk);
      const range = (row: Row) => (byIndex ? (row.index?.sk ?? '') : row.key.sk);
      const path = (row: Row) => (byIndex ? [range(row), row.key.pk, row.key.sk] : [row.key.sk]);
      const found = [...rows.values()]
        .filter((row) => row.key.table === query.table && group(row) === query.pk)
        .filter((row) => query.from === undefined || compareText(range(row), query.from) >= 0)
        .filter((row) => query.to === undefined || compareText(range(row), query.to) <= 0)
        .filter((row) => !after || sign * comparePath(path(row), after) > 0)
        .sort((a, b) => sign * comparePath(path(a), path(b)));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      const items = page.map(toItem);
      return last && found.length > page.length ? { items, next: pageToken(query.pk, ...path(last)) } : { items };
    },

    async commit(commit) {
      checkCommit(commit);
      const texts = commit.writes.map((write) => (write.kind === 'put' ? encodeValue(write.key, write.value) : ''));
      await ledger.beforeCommit?.(commit.token);
      if (tokens.has(commit.token)) return { outcome: 'committed', repeated: true };
      const unmet = commit.writes.filter((write) => !meets(write));
      if (unmet.length > 0) return { outcome: 'conflict', keys: unmet.map(({ key }) => key) };
      for (const [at, write] of commit.writes.entries()) {
        const { key, expected } = write;
        if (write.kind === 'put') put(key, expected === 'absent' ? 1 : expected + 1, texts[at] ?? '', write.index);
        else if (write.kind === 'delete') rows.delete(keyText(key));
      }
      addAudit(commit.audit);
      const known = new Set(events.map(({ detail }) => detail.metadata.id));
      for (const event of commit.events) {
        const { id } = event.detail.metadata;
        if (known.has(id)) continue;
        events.push(structuredClone(event));
        committedAt.set(id, clock.now());
      }
      tokens.add(commit.token);
      await ledger.afterCommit?.(commit.token);
      return { outcome: 'committed', repeated: false };
    },

    async append(records) {
      for (const record of records) {
        checkAppend(record);
        const { key, index, value } = record;
        put(key, 1, encodeValue(key, value), index);
      }
    },

    async pending(limit, { committedBefore = epochMillis(Number.MAX_SAFE_INTEGER) } = {}) {
      const left = events.filter(({ detail }) => !published.has(detail.metadata.id));
      return left.filter(({ detail }) => (committedAt.get(detail.metadata.id) ?? 0) < committedBefore).slice(0, limit);
    },

    async markPublished(ids) {
      for (const id of ids) published.add(id);
    },
  };
  return ledger;
}
