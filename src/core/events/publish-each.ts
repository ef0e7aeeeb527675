import { AresError, messageOf } from '../ares-error.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { EventEnvelope } from './envelope.ts';

export interface Published {
  /** Ids the bus has. */
  readonly taken: readonly string[];
  /** Ids it did not take, with the reason where it gave one. */
  readonly refused: ReadonlyMap<string, string>;
}

const idOf = (event: EventEnvelope): string => event.detail.metadata.id;

/** Whatever the events are, the bus takes none now. */
const isDown = (error: unknown): boolean => error instanceof AresError && error.code === 'EVENT_BUS_UNAVAILABLE';

/**
 * Hands events to the bus together; when it rejects the batch one by one, so that a bad one holds up no other.
 *
 * @throws AresError `EVENT_BUS_UNAVAILABLE` when no event is at fault; some may have been taken before
 */
export async function publishEach(events: readonly EventEnvelope[], eventBus: EventBus): Promise<Published> {
  const taken = new Set<string>();
  const reasons = new Map<string, string>();
  const publish = async (batch: readonly EventEnvelope[]): Promise<boolean> => {
    try {
      for (const id of await eventBus.publish(batch)) taken.add(id);
      return true;
    } catch (error) {
      if (isDown(error)) throw error;
      for (const event of batch) reasons.set(idOf(event), messageOf(error));
      return false;
    }
  };
  if (events.length > 0 && !(await publish(events)) && events.length > 1) {
    for (const event of events) await publish([event]);
  }
  const left = events.filter((event) => !taken.has(idOf(event)));
  const refused = new Map(left.map((event) => [idOf(event), reasons.get(idOf(event)) ?? 'the bus did not take it']));
  return { taken: [...taken], refused };
}
