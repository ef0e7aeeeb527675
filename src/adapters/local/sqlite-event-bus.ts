import type { DatabaseSync } from 'node:sqlite';
import { type EventEnvelope, envelopeSchema } from '../../core/events/envelope.ts';
import { eventBridgeEvent } from '../../core/events/event-bridge-event.ts';
import { type EventMatcher, eventPattern } from '../../core/events/pattern.ts';
import type { Subscription } from '../../core/events/subscription.ts';
import type { WallClock } from '../../core/ports/clock.ts';
import type { Deliveries } from '../../core/ports/deliveries.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import type { Random } from '../../core/ports/random.ts';
import { commandEnqueuer } from './sqlite-command-queue.ts';
import { createSqliteDeliveries } from './sqlite-event-bus-deliveries.ts';
import { transact } from './transact.ts';

type Route = { readonly matches: EventMatcher; readonly deliver: (event: EventEnvelope) => void };

/**
 * The event bus of one machine: EventBridge's rules, function invocations, retries and dead letters in one database.
 *
 * `publish` fans out in one transaction. An event published again goes to nobody twice; one without valid metadata is not taken.
 */
export function createSqliteEventBus(
  db: DatabaseSync,
  subscriptions: readonly Subscription[],
  { clock, random }: { readonly clock: WallClock; readonly random: Random },
): EventBus & Deliveries {
  const { insert, ...deliveries } = createSqliteDeliveries(db, subscriptions, { clock, random });
  const enqueueCommand = commandEnqueuer(db);
  const wasDelivered = db.prepare('SELECT 1 FROM delivered WHERE event_id = ? AND target = ?');
  const noteDelivered = db.prepare('INSERT INTO delivered (event_id, target) VALUES (?, ?)');

  // A command leaves its queue when it is done, so the queue itself cannot tell that an event was in it before.
  const deliverCommand = (queue: string, event: EventEnvelope): void => {
    const { id } = event.detail.metadata;
    const mark = `queue:${queue}`;
    if (wasDelivered.get(id, mark)) return;
    enqueueCommand(queue, event);
    noteDelivered.run(id, mark);
  };

  const routes: readonly Route[] = subscriptions.flatMap(({ kind, target, pattern }) => {
    if (!pattern) return [];
    const deliver =
      kind === 'queue'
        ? (event: EventEnvelope) => deliverCommand(target, event)
        : (event: EventEnvelope) => void insert(target, eventBridgeEvent(event));
    return [{ matches: eventPattern(pattern), deliver }];
  });

  return {
    ...deliveries,
    async publish(events) {
      const valid = events.filter((event) => envelopeSchema.safeParse(event).success);
      if (valid.length === 0) return [];
      transact(db, () => {
        for (const event of valid) {
          const form = eventBridgeEvent(event);
          for (const { matches, deliver } of routes) if (matches(form)) deliver(event);
        }
      });
      return valid.map((event) => event.detail.metadata.id);
    },
  };
}
