import { epochMillis } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Outbox } from '../ports/ledger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Invocation } from './invocation.ts';
import { relayOutbox } from './relay-outbox.ts';

export interface SweepPorts {
  readonly outbox: Outbox;
  readonly eventBus: EventBus;
  readonly metrics: Metrics;
}

export interface SweepOutcome {
  /** Events that had stayed in the outbox, at most {@link MOST_COUNTED}. */
  readonly stuck: number;
  readonly published: number;
  /** Reasons by event id. */
  readonly refused: Readonly<Record<string, string>>;
}

/** The relay brings an event out within a second, or fails; its own tries are over after that. */
const STUCK_AFTER_MS = 60_000;
const MOST_COUNTED = 1_000;

/**
 * Publishes what stayed in the outbox for over a minute, and records how much that was as the metric `outbox-stuck`.
 *
 * The metric is recorded first, so that a bus that takes nothing does not hide what waits for it.
 *
 * @throws AresError `EVENT_BUS_UNAVAILABLE`, and what outbox and metrics throw
 */
export async function sweepOutbox(
  { now }: Invocation,
  { outbox, eventBus, metrics }: SweepPorts,
): Promise<SweepOutcome> {
  const committedBefore = epochMillis(now - STUCK_AFTER_MS);
  const stuckOnly: Outbox = {
    pending: (limit) => outbox.pending(limit, { committedBefore }),
    markPublished: (ids) => outbox.markPublished(ids),
  };
  const stuck = (await stuckOnly.pending(MOST_COUNTED)).length;
  await metrics.record([{ name: 'outbox-stuck', value: stuck, unit: 'Count', at: now, dimensions: {} }]);
  if (stuck === 0) return { stuck, published: 0, refused: {} };
  const { published, refused } = await relayOutbox({ outbox: stuckOnly, eventBus });
  return { stuck, published, refused: Object.fromEntries(refused) };
}
