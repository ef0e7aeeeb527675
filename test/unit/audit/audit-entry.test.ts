import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { auditEntryHash, chainedEntry, GENESIS_HASH, parseAuditHead } from '../../../src/core/audit/audit-entry.ts';
import { auditDraft } from '../../contract/support/sample-commit.ts';

test('an entry hash is SHA-256 over the canonical JSON of all its other fields', () => {
  const entry = chainedEntry(auditDraft(), undefined);
  const text =
    '{"action":"promote run-1 to production","details":{"accuracy":0.53,"runId":"run-1"},"eventType":"ModelPromoted",' +
    `"previousHash":"${'0'.repeat(64)}","sequence":1,"sessionId":"session-1","stream":"models","timestamp":1640995200000,"user":"check-promotion"}`;
  expect(entry.hash).toBe(createHash('sha256').update(text).digest('hex'));
  expect(auditEntryHash(entry)).toBe(entry.hash);
});

test('the first entry of a stream follows the genesis hash, the next one the first', () => {
  const first = chainedEntry(auditDraft(), undefined);
  const second = chainedEntry(auditDraft(), { sequence: first.sequence, hash: first.hash });
  expect(first).toMatchObject({ sequence: 1, previousHash: GENESIS_HASH });
  expect(second).toMatchObject({ sequence: 2, previousHash: first.hash });
});

test('a stored head that is none is named, for nothing can be chained to it', () => {
  expect(() => parseAuditHead('keys', { sequence: 1 })).toThrow(
    expect.objectContaining({ code: 'LEDGER_CORRUPT', data: { stream: 'keys' } }),
  );
});
