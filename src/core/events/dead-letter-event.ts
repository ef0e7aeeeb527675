import type { EpochMillis } from '../ports/clock.ts';
import { newEvent } from './catalogue.ts';
import { type EventEnvelope, metadataSchema } from './envelope.ts';
import type { EventBridgeEvent } from './event-bridge-event.ts';

/** The report that a function failed for good on an event, once each time that happens. */
export function deadLetterEvent(
  dead: { readonly id: number; readonly target: string; readonly event: EventBridgeEvent; readonly attempts: number },
  error: string,
  now: EpochMillis,
): EventEnvelope {
  const { id, target, event, attempts } = dead;
  const detail = event.detail as { readonly metadata?: unknown };
  const origin = metadataSchema.safeParse(detail.metadata).data;
  return newEvent(
    'SystemError',
    {
      id: `dead-letter:${target}:${event.id}:${now}`,
      version: 1,
      occurredAt: now,
      correlationId: origin?.correlationId ?? event.id,
      causationId: event.id,
      slot: origin?.slot ?? null,
      sequence: now,
    },
    {
      component: target,
      code: 'DEAD_LETTER',
      message:
        `${event['detail-type']} ${event.id} must be handled within ${attempts} attempts, the last failed: ${error}. ` +
        `Remove the cause, then run "ares events replay ${id}".`,
    },
  );
}
