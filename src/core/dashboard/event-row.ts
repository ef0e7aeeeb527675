import type { EventLog, LoggedEvent } from '../ports/event-log.ts';
import { describeEvent } from './describe-event.ts';

/** An event as a list shows it. */
export interface EventRow {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly slot: string | null;
  readonly occurredAt: number;
  readonly published: boolean;
  readonly text: string;
}

function eventRow({ position, published, event }: LoggedEvent): EventRow {
  const { id, occurredAt, slot } = event.detail.metadata;
  const { source, detailType: type } = event;
  return { position, id, type, source, slot, occurredAt, published, text: describeEvent(event) };
}

/** The newest events, newest first. */
export async function readEventRows(
  eventLog: EventLog,
  request: { readonly limit: number; readonly before?: number },
): Promise<readonly EventRow[]> {
  return (await eventLog.recent(request)).map(eventRow);
}
