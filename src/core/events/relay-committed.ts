import type { EventBus } from '../ports/event-bus.ts';
import type { Outbox } from '../ports/ledger.ts';
import type { EventEnvelope } from './envelope.ts';
import { publishEach } from './publish-each.ts';

/** A new item of the outbox as a stream brings it. */
export type CommittedEvent =
  | { readonly position: string; readonly event: EventEnvelope }
  /** What is there is no event, and why not. */
  | { readonly position: string; readonly unreadable: string };

export interface RelayedBatch {
  readonly published: number;
  /** What did not get through, with the reason; in the order of the stream. */
  readonly failed: readonly { readonly position: string; readonly reason: string }[];
}

/**
 * Hands a batch of the outbox's stream to the bus, and takes what the bus has out of the outbox.
 *
 * A record that cannot be read, or that the bus refuses, holds up no other of its batch. When this ends between publishing and marking the
 * batch comes again: events go out twice and none is lost.
 *
 * @throws AresError `EVENT_BUS_UNAVAILABLE`, and what the outbox throws: the whole batch must come again
 */
export async function relayCommitted(
  batch: readonly CommittedEvent[],
  { outbox, eventBus }: { readonly outbox: Pick<Outbox, 'markPublished'>; readonly eventBus: EventBus },
): Promise<RelayedBatch> {
  const events = batch.flatMap((record) => ('event' in record ? [record.event] : []));
  const { taken, refused } = await publishEach(events, eventBus);
  if (taken.length > 0) await outbox.markPublished(taken);
  const failed = batch.flatMap((record) => {
    const reason = 'event' in record ? refused.get(record.event.detail.metadata.id) : record.unreadable;
    return reason === undefined ? [] : [{ position: record.position, reason }];
  });
  return { published: taken.length, failed };
}
