import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { epochMillis } from '../ports/clock.ts';
import { parseEvent } from './catalogue.ts';
import { SCHEDULE_DETAIL_TYPE, SCHEDULE_SOURCES, scheduledRunId } from './event-bridge-event.ts';
import type { Invocation } from './invocation.ts';

const delivered = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.iso.datetime({ offset: true }),
  detail: z.unknown(),
});

/**
 * Why a function runs, from what EventBridge or its Scheduler handed over.
 *
 * @throws AresError `EVENT_INVALID` when it has not the form of an event or is not what the catalogue says, `EVENT_UNKNOWN`
 */
export function parseInvocation(functionName: string, event: unknown, sessionId: string): Invocation {
  const parsed = delivered.safeParse(event);
  if (!parsed.success) {
    throw new AresError(
      'EVENT_INVALID',
      `${functionName} must be given an EventBridge event: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { source, 'detail-type': detailType, time, detail } = parsed.data;
  if (SCHEDULE_SOURCES.includes(source) && detailType === SCHEDULE_DETAIL_TYPE) {
    const now = epochMillis(Date.parse(time));
    const id = scheduledRunId(functionName, now);
    return { id, now, correlationId: id, sessionId, trigger: { kind: 'schedule' } };
  }
  const known = parseEvent(source, detailType, detail);
  return {
    id: known.metadata.id,
    now: epochMillis(known.metadata.occurredAt),
    correlationId: known.metadata.correlationId,
    sessionId,
    trigger: { kind: 'event', event: known },
  };
}
