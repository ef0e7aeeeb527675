import { type EventData, type EventName, newEvent } from '../../src/core/events/catalogue.ts';
import type { EventEnvelope, EventMetadata } from '../../src/core/events/envelope.ts';

/** A catalogue event with valid metadata. */
export function sampleEvent<N extends EventName>(
  name: N,
  data: EventData<N>,
  metadata: Partial<EventMetadata> = {},
): EventEnvelope {
  const id = metadata.id ?? 'event-1';
  return newEvent(
    name,
    {
      id,
      version: 1,
      occurredAt: 1_700_000_000_000,
      correlationId: 'c',
      causationId: null,
      slot: null,
      sequence: 1,
      ...metadata,
    },
    data,
  );
}

export const candidateRegistered = (id: string, accuracy: number | null = 0.5): EventEnvelope =>
  sampleEvent('CandidateRegistered', { runId: `run-of-${id}`, modelHash: 'a'.repeat(64), accuracy }, { id });

export const configChanged = (id: string, version = 1): EventEnvelope =>
  sampleEvent('ConfigChanged', { version, changed: ['maxDrawdown'] }, { id, sequence: version });
