import { patternOfEvents } from '../core/events/pattern-of-events.ts';
import type { Subscription } from '../core/events/subscription.ts';
import { type FunctionWiring, hostedFunctions, queues } from './wiring.ts';

/** Monitoring that failed is of use only soon. */
const WALL_RETRY_MS = 10_000;

/** How the bus serves one row of the wiring table. */
export function subscriptionOf({ name, triggers, maxAttempts, timeoutSeconds }: FunctionWiring): Subscription {
  const names = triggers.flatMap((trigger) => (trigger.kind === 'events' ? trigger.names : []));
  const onWallTime = triggers.some((trigger) => trigger.kind === 'schedule' && trigger.clock === 'wall');
  return {
    kind: 'function',
    target: name,
    maxAttempts,
    timeoutMs: timeoutSeconds * 1_000,
    ...(names.length > 0 ? { pattern: patternOfEvents(names) } : {}),
    ...(onWallTime ? { retryAfterMs: WALL_RETRY_MS } : {}),
  };
}

/** Who gets which events, as the wiring table says. */
export const subscriptions: readonly Subscription[] = [
  ...hostedFunctions.map(subscriptionOf),
  ...queues.map(
    ({ name, events }): Subscription => ({ kind: 'queue', target: name, pattern: patternOfEvents(events) }),
  ),
];
