import fc from 'fast-check';
import { type AuditEntry, type AuditHead, auditStreams } from '../../../src/core/audit/audit-entry.ts';
import { chainAudit } from '../../../src/core/audit/chain-audit.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { AuditDraft, AuditStream, JsonObject } from '../../../src/core/ports/ledger.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });

export const draftArbitrary = (
  stream: fc.Arbitrary<AuditStream> = fc.constantFrom(...auditStreams),
): fc.Arbitrary<AuditDraft> =>
  fc.record({
    stream,
    timestamp: fc.integer({ min: 0, max: 2_000_000_000_000 }).map(epochMillis),
    eventType: text,
    user: text,
    action: text,
    details: fc
      .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }))
      .map((value) => value as JsonObject),
    sessionId: text,
  });

export interface Chain {
  readonly entries: readonly AuditEntry[];
  readonly head: AuditHead;
}

export const chainArbitrary = (minLength = 1): fc.Arbitrary<Chain> =>
  fc.array(draftArbitrary(fc.constant('models')), { minLength, maxLength: 12 }).map((drafts) => {
    const { entries, heads } = chainAudit(drafts, new Map());
    return { entries, head: heads.get('models')! };
  });
