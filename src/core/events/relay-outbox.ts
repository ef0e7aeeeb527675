import { messageOf } from '../ares-error.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Outbox } from '../ports/ledger.ts';
import type { EventEnvelope } from './envelope.ts';

export interface Relayed {
  readonly published: number;
  /** Ids the bus did not take, with the reason where it gave one; they stay in the outbox. */
  readonly refused: ReadonlyMap<string, string>;
}

const BATCH = 50;

/**
 * Hands the outbox's events to the bus, oldest first, until only those are left that the bus does not take.
 *
 * An event is marked after the bus has it, so a crash in between publishes it twice and loses nothing.
 * When the bus rejects a batch its events are tried one by one, so that a bad one holds up no other.
 */
export async function relayOutbox({ outbox, eventBus }: { outbox: Outbox; eventBus: EventBus }): Promise<Relayed> {
  const refused = new Map<string, string>();
  let published = 0;

  const publishOne = async (event: EventEnvelope): Promise<readonly string[]> => {
    try {
      return await eventBus.publish([event]);
    } catch (error) {
      refused.set(event.detail.metadata.id, messageOf(error));
      return [];
    }
  };

  const publish = async (events: readonly EventEnvelope[]): Promise<readonly string[]> => {
    if (events.length > 1) {
      try {
        return await eventBus.publish(events);
      } catch (error) {
        for (const event of events) refused.set(event.detail.metadata.id, messageOf(error));
      }
    }
    const taken: string[] = [];
    for (const event of events) taken.push(...(await publishOne(event)));
    return taken;
  };

  for (;;) {
    // Refused events stay at the front of the outbox, so each round looks past them.
    const pending = await outbox.pending(BATCH + refused.size);
    const events = pending.filter((event) => !refused.has(event.detail.metadata.id));
    if (events.length === 0) return { published, refused };
    const taken = await publish(events);
    await outbox.markPublished(taken);
    published += taken.length;
    for (const id of taken) refused.delete(id);
    const gone = new Set(taken);
    for (const { detail } of events) {
      const { id } = detail.metadata;
      if (!gone.has(id) && !refused.has(id)) refused.set(id, 'the bus did not take it');
    }
  }
}
