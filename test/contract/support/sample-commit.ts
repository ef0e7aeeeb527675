import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { AuditDraft, Commit, JsonObject, Key, Write } from '../../../src/core/ports/ledger.ts';

export const stateKey = (pk: string, sk: string): Key => ({ table: 'state', pk, sk });

export const put = (key: Key, expected: number | 'absent', value: JsonObject = {}): Write => ({
  kind: 'put',
  key,
  expected,
  value,
});

export function auditDraft(overrides: Partial<AuditDraft> = {}): AuditDraft {
  return {
    stream: 'models',
    timestamp: epochMillis(1_640_995_200_000),
    eventType: 'ModelPromoted',
    user: 'check-promotion',
    action: 'promote run-1 to production',
    details: { runId: 'run-1', accuracy: 0.53 },
    sessionId: 'session-1',
    ...overrides,
  };
}

export function envelope(id: string, occurredAt = 1_640_995_200_000, sequence = 1): EventEnvelope {
  return {
    source: 'ares.models',
    detailType: 'ModelUpdated',
    detail: {
      metadata: {
        id,
        version: 1,
        occurredAt,
        correlationId: 'correlation-1',
        causationId: null,
        slot: 'paper:trend:BTC/USDT:1m',
        sequence,
      },
      data: { change: 'promoted', runId: 'run-1', modelHash: 'a'.repeat(64), previousRunId: null },
    },
  };
}

export function commitOf(token: string, parts: Partial<Commit>): Commit {
  return { token, writes: [], audit: [], events: [], ...parts };
}
