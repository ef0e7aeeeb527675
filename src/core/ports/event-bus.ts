import type { EventEnvelope } from '../events/envelope.ts';

/** Takes events for delivery, at least once and in no promised order, to whatever the wiring table says. */
export interface EventBus {
  /** Returns the ids that were taken; the others stay in the outbox and are tried again. */
  publish(events: readonly EventEnvelope[]): Promise<readonly string[]>;
}
