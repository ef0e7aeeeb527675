import type { EventBus } from '../ports/event-bus.ts';
import type { Outbox } from '../ports/ledger.ts';
import { publishEach } from './publish-each.ts';

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
 *
 * @throws AresError `EVENT_BUS_UNAVAILABLE` when the bus takes nothing at all now
 */
export async function relayOutbox({ outbox, eventBus }: { outbox: Outbox; eventBus: EventBus }): Promise<Relayed> {
  const refused = new Map<string, string>();
  let published = 0;
  for (;;) {
    // Refused events stay at the front of the outbox, so each round looks past them.
    const pending = await outbox.pending(BATCH + refused.size);
    const events = pending.filter((event) => !refused.has(event.detail.metadata.id));
    if (events.length === 0) return { published, refused };
    const round = await publishEach(events, eventBus);
    await outbox.markPublished(round.taken);
    published += round.taken.length;
    for (const [id, reason] of round.refused) refused.set(id, reason);
  }
}
