import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { EventEnvelope } from './envelope.ts';

/** What EventBridge and its Scheduler hand to a function. */
export interface EventBridgeEvent {
  readonly version: string;
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What a schedule's event says of itself on one machine; AWS says `aws.scheduler` or `aws.events`. */
export const SCHEDULE_SOURCES: readonly string[] = ['aws.scheduler', 'aws.events'];
export const SCHEDULE_DETAIL_TYPE = 'Scheduled Event';

const shell = { version: '0', account: 'local', region: 'local', resources: [] } as const;
const isoTime = (at: number): string => new Date(at).toISOString();

/** A catalogue event in the form in which EventBridge delivers it. */
export function eventBridgeEvent({ source, detailType, detail }: EventEnvelope): EventBridgeEvent {
  const { id, occurredAt } = detail.metadata;
  return { ...shell, id, source, 'detail-type': detailType, time: isoTime(occurredAt), detail };
}

/** The id of a function's run on schedule: the same however often it is delivered. */
export const scheduledRunId = (functionName: string, at: EpochMillis): string => `${functionName}@${isoTime(at)}`;

/** The time in such an id. */
export const scheduledRunTime = (functionName: string, id: string): EpochMillis =>
  epochMillis(Date.parse(id.slice(functionName.length + 1)));

/** The event that starts a function on schedule. */
export function scheduleEvent(functionName: string, at: EpochMillis): EventBridgeEvent {
  return {
    ...shell,
    id: scheduledRunId(functionName, at),
    source: 'aws.scheduler',
    'detail-type': SCHEDULE_DETAIL_TYPE,
    time: isoTime(at),
    detail: {},
  };
}
