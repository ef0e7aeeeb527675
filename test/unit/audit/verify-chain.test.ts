import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditEntry, auditEntryHash, GENESIS_HASH } from '../../../src/core/audit/audit-entry.ts';
import { chainAudit } from '../../../src/core/audit/chain-audit.ts';
import { verifyChain } from '../../../src/core/audit/verify-chain.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { chainArbitrary } from './audit-chain-arbitrary.ts';

const invalid = (sequence: number) => expect.objectContaining({ valid: false, stream: 'models', sequence });

const changes: Readonly<Record<keyof AuditEntry, (entry: AuditEntry) => Partial<AuditEntry>>> = {
  timestamp: (entry) => ({ timestamp: epochMillis(entry.timestamp + 1) }),
  eventType: (entry) => ({ eventType: `${entry.eventType}x` }),
  user: (entry) => ({ user: `${entry.user} ` }),
  action: (entry) => ({ action: `${entry.action}.` }),
  details: (entry) => ({ details: { ...entry.details, added: null } }),
  sessionId: (entry) => ({ sessionId: `x${entry.sessionId}` }),
  stream: () => ({ stream: 'trading' }),
  sequence: (entry) => ({ sequence: entry.sequence + 1 }),
  previousHash: (entry) => ({ previousHash: flip(entry.previousHash) }),
  hash: (entry) => ({ hash: flip(entry.hash) }),
};
const fields = Object.keys(changes) as (keyof AuditEntry)[];

function flip(hash: string): string {
  return (hash.startsWith('0') ? '1' : '0') + hash.slice(1);
}

const indexIn = (entries: readonly unknown[], n: number) => n % entries.length;

describe('an audit chain', () => {
  test('that nobody touched is valid', () => {
    fc.assert(
      fc.property(chainArbitrary(), ({ entries, head }) => {
        expect(verifyChain('models', entries, head)).toEqual({ valid: true, entries: entries.length });
      }),
    );
    expect(verifyChain('models', [], undefined)).toEqual({ valid: true, entries: 0 });
  });

  test('continues over commits as over entries of one commit', () => {
    fc.assert(
      fc.property(chainArbitrary(2), fc.nat(), ({ entries, head }, n) => {
        const at = indexIn(entries, n);
        const first = chainAudit(entries.slice(0, at), new Map());
        const second = chainAudit(entries.slice(at), first.heads);
        expect([...first.entries, ...second.entries]).toEqual(entries);
        expect(second.heads.get('models')).toEqual(head);
      }),
    );
  });

  test('shows which entry had any one of its fields edited', () => {
    fc.assert(
      fc.property(chainArbitrary(), fc.nat(), fc.constantFrom(...fields), ({ entries, head }, n, field) => {
        const at = indexIn(entries, n);
        const edited = entries.with(at, { ...entries[at]!, ...changes[field](entries[at]!) });
        expect(verifyChain('models', edited, head)).toEqual({
          valid: false,
          stream: 'models',
          sequence: at + 1,
          problem: 'altered',
        });
      }),
      { numRuns: 300 },
    );
  });

  test('shows an edit whose hash was computed anew at the entry after it, or at the head', () => {
    fc.assert(
      fc.property(chainArbitrary(), fc.nat(), ({ entries, head }, n) => {
        const at = indexIn(entries, n);
        const edited = { ...entries[at]!, action: 'something else entirely' };
        const rehashed = entries.with(at, { ...edited, hash: auditEntryHash(edited) });
        const last = at === entries.length - 1;
        expect(verifyChain('models', rehashed, head)).toMatchObject({
          valid: false,
          sequence: last ? at + 1 : at + 2,
          problem: last ? 'head_altered' : 'unlinked',
        });
      }),
    );
  });

  test('shows where an entry was removed', () => {
    fc.assert(
      fc.property(chainArbitrary(), fc.nat(), ({ entries, head }, n) => {
        const at = indexIn(entries, n);
        expect(verifyChain('models', entries.toSpliced(at, 1), head)).toEqual(invalid(at + 1));
      }),
    );
  });

  test('shows where two entries changed places, also when their sequences were exchanged with them', () => {
    fc.assert(
      fc.property(chainArbitrary(2), fc.nat(), fc.nat(), ({ entries, head }, n, m) => {
        const [a, b] = [indexIn(entries, n), indexIn(entries, m)].toSorted((x, y) => x - y) as [number, number];
        fc.pre(a !== b);
        const swapped = entries.with(a, entries[b]!).with(b, entries[a]!);
        expect(verifyChain('models', swapped, head)).toEqual(invalid(a + 1));
        const renumbered = swapped.map((entry, at) => ({ ...entry, sequence: at + 1 }));
        expect(verifyChain('models', renumbered, head)).toEqual(invalid(a + 1));
      }),
    );
  });

  test('shows where it was cut off, against its head', () => {
    fc.assert(
      fc.property(chainArbitrary(), fc.nat(), ({ entries, head }, n) => {
        const kept = indexIn(entries, n);
        expect(verifyChain('models', entries.slice(0, kept), head)).toEqual({
          valid: false,
          stream: 'models',
          sequence: kept + 1,
          problem: 'truncated',
        });
      }),
    );
  });

  test('shows entries that its head does not know', () => {
    fc.assert(
      fc.property(chainArbitrary(2), fc.nat(), ({ entries }, n) => {
        const known = indexIn(entries, n);
        const older = known === 0 ? undefined : { sequence: known, hash: entries[known - 1]!.hash };
        expect(verifyChain('models', entries, older)).toEqual({
          valid: false,
          stream: 'models',
          sequence: known + 1,
          problem: 'beyond_head',
        });
      }),
    );
  });

  test('shows a forged beginning', () => {
    fc.assert(
      fc.property(chainArbitrary(2), ({ entries, head }) => {
        const later = entries.slice(1);
        const first = { ...later[0]!, sequence: 1, previousHash: GENESIS_HASH };
        const forged = later.with(0, { ...first, hash: auditEntryHash(first) });
        expect(verifyChain('models', forged, head)).toMatchObject({ valid: false });
      }),
    );
  });

  test('shows what is no entry at all', () => {
    fc.assert(
      fc.property(chainArbitrary(), fc.nat(), fc.jsonValue(), ({ entries, head }, n, junk) => {
        const at = indexIn(entries, n);
        const damaged = entries.with(at, junk as unknown as AuditEntry);
        expect(verifyChain('models', damaged, head)).toMatchObject({ sequence: at + 1, problem: 'unreadable' });
      }),
    );
  });
});
