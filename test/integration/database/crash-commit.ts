import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import type { Commit, Expected, Key } from '../../../src/core/ports/ledger.ts';

export const keyOf = (name: string): Key => ({ table: 'state', pk: 'counters', sk: name });

/** The n-th commit of a writer: state, audit and outbox each say n. */
export function writer(name: string, n: number, expected: Expected, at: EpochMillis): Commit {
  const metadata = {
    id: `${name}-${n}`,
    version: 1 as const,
    occurredAt: at,
    correlationId: name,
    causationId: null,
    slot: null,
    sequence: n,
  };
  return {
    token: `${name}-${n}`,
    writes: [{ kind: 'put', key: keyOf(name), expected, value: { n } }],
    audit: [
      {
        stream: 'trading',
        timestamp: at,
        eventType: 'Counted',
        user: name,
        action: 'count',
        details: { n },
        sessionId: name,
      },
    ],
    events: [
      {
        source: 'ares.system',
        detailType: 'ComponentStarted',
        detail: { metadata, data: { component: name, instance: `${n}` } },
      },
    ],
  };
}
