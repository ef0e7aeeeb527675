import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../src/adapters/local/migrate.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { type AuditEntry, auditStreams } from '../../../src/core/audit/audit-entry.ts';
import { type AuditQuery, queryAudit } from '../../../src/core/audit/query-audit.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { AuditDraft, Ledger, LedgerReader } from '../../../src/core/ports/ledger.ts';

function openLedger() {
  const db = new DatabaseSync(':memory:');
  migrate(db, ':memory:');
  return { db, ledger: createSqliteLedger(db) };
}

async function write(ledger: Ledger, drafts: readonly AuditDraft[]): Promise<void> {
  for (const [n, draft] of drafts.entries()) {
    await ledger.commit({ token: `t${n}`, writes: [], audit: [draft], events: [] });
  }
}

const draft = (overrides: Partial<AuditDraft>): AuditDraft => ({
  stream: 'models',
  timestamp: epochMillis(0),
  eventType: 'ModelPromoted',
  user: 'ada',
  action: 'act',
  details: {},
  sessionId: 's',
  ...overrides,
});

async function allPages(ledger: LedgerReader, query: AuditQuery): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const page = await queryAudit(ledger, { ...query, after });
    expect(page.entries.length).toBeLessThanOrEqual(query.limit);
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return entries;
}

/** Few values of each, so that equal times and matching filters are common. */
const drafts = fc.array(
  fc.record({
    stream: fc.constantFrom(...auditStreams),
    timestamp: fc.integer({ min: 0, max: 5 }).map(epochMillis),
    eventType: fc.constantFrom('A', 'B'),
    user: fc.constantFrom('ada', 'bob'),
    details: fc.constantFrom<AuditDraft['details']>({ name: 'x' }, { runId: 'y', version: 1 }, {}),
  }),
  { maxLength: 25 },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const queries: fc.Arbitrary<AuditQuery> = fc.record({
  stream: maybe(fc.constantFrom(...auditStreams)),
  from: maybe(fc.integer({ min: 0, max: 6 })),
  to: maybe(fc.integer({ min: 0, max: 6 })),
  eventType: maybe(fc.constantFrom('A', 'B')),
  user: maybe(fc.constantFrom('ada', 'bob')),
  about: maybe(fc.subarray(['x', 'y', 'z', '1'])),
  order: maybe(fc.constantFrom('ascending' as const, 'descending' as const)),
  limit: fc.integer({ min: 1, max: 30 }),
});

describe('an audit query', () => {
  test('gives exactly the entries it asks for, once each, in order, over any pages', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, queries, async (parts, query) => {
        const { db, ledger } = openLedger();
        await write(ledger, parts.map(draft));
        const found = await allPages(ledger, query);
        const { from = 0, to = 9, order = 'ascending' } = query;
        const expected = parts.filter(
          (part) =>
            (query.stream ?? part.stream) === part.stream &&
            part.timestamp >= from &&
            part.timestamp <= to &&
            (query.eventType ?? part.eventType) === part.eventType &&
            (query.user ?? part.user) === part.user &&
            (query.about?.some((text) => text === part.details.name || text === part.details.runId) ?? true),
        );
        expect(found.map((entry) => ({ ...entry }))).toHaveLength(expected.length);
        expect(new Set(found.map((entry) => entry.hash)).size).toBe(expected.length);
        const times = found.map((entry) => entry.timestamp);
        expect(times).toEqual(times.toSorted((a, b) => (order === 'ascending' ? a - b : b - a)));
        const whole = await queryAudit(ledger, { ...query, limit: 1_000 });
        expect(whole).toEqual({ entries: found });
        db.close();
      }),
      { numRuns: 150 },
    );
  });

  test('reads only the range and the streams it asks for', async () => {
    const { ledger } = openLedger();
    await write(
      ledger,
      Array.from({ length: 50 }, (_, n) => draft({ timestamp: epochMillis(n) })),
    );
    const read: string[] = [];
    const watched: LedgerReader = {
      get: ledger.get,
      async query(query) {
        const page = await ledger.query(query);
        read.push(...page.items.map((item) => item.key.sk));
        return page;
      },
    };
    const page = await queryAudit(watched, { stream: 'models', from: 10, to: 14, limit: 100 });
    expect(page.entries.map((entry) => entry.timestamp)).toEqual([10, 11, 12, 13, 14]);
    expect(read).toHaveLength(5);
  });

  test('stops reading at a budget when hardly anything matches, and goes on from there', async () => {
    const { ledger } = openLedger();
    const many = Array.from({ length: 240 }, (_, c) => c).flatMap((c) =>
      Array.from({ length: 23 }, (_, n) =>
        draft({ timestamp: epochMillis(c * 23 + n), user: c === 239 ? 'bob' : 'ada' }),
      ),
    );
    for (let at = 0; at < many.length; at += 23) {
      await ledger.commit({ token: `b${at}`, writes: [], audit: many.slice(at, at + 23), events: [] });
    }
    const first = await queryAudit(ledger, { user: 'bob', limit: 5 });
    expect(first.entries).toEqual([]);
    expect(first.next).toBeDefined();
    const second = await queryAudit(ledger, { user: 'bob', limit: 5, after: first.next });
    expect(second.entries.map((entry) => entry.user)).toEqual(Array.from({ length: 5 }, () => 'bob'));
    expect(await allPages(ledger, { user: 'bob', limit: 5 })).toHaveLength(23);
  });

  test.each([
    [{ limit: 0 }, 'limit must be a whole number from 1 to 1000, was 0'],
    [{ limit: 1_001 }, 'was 1001'],
    [{ limit: 1.5 }, 'was 1.5'],
    [{ from: -1 }, 'from must be milliseconds since 1970, a whole number from 0, was -1'],
    [{ to: 0.5 }, 'to must be milliseconds since 1970'],
    [{ to: 1e15 }, 'to must be milliseconds since 1970'],
    [{ after: 'x' }, 'after must be the "next" of an earlier page, was "x"'],
    [{ after: '[1,"elsewhere",1]' }, 'after must be the "next"'],
  ])('refuses %j', async (wrong, message) => {
    const { ledger } = openLedger();
    const query = queryAudit(ledger, { limit: 1, ...wrong });
    await expect(query).rejects.toMatchObject({ code: 'QUERY_INVALID', message: expect.stringContaining(message) });
  });

  test('names an entry that is no entry instead of leaving it out', async () => {
    const { db, ledger } = openLedger();
    await write(ledger, [draft({ timestamp: epochMillis(7) })]);
    db.exec("DROP TRIGGER audit_entries_are_never_changed; UPDATE audit SET value = '{}' WHERE pk <> 'heads'");
    await expect(queryAudit(ledger, { limit: 1 })).rejects.toMatchObject({
      code: 'AUDIT_UNREADABLE',
      data: { stream: 'models', sk: '000000000000001' },
    });
  });
});
