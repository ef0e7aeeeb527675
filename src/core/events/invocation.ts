import type { EpochMillis } from '../ports/clock.ts';
import type { AresEvent } from './catalogue.ts';

/** Why a function runs now. Use cases are `(invocation, ports) => Promise<Outcome>`. */
export interface Invocation {
  /** The event's id, or for a schedule its name and time: the same for every delivery, so commit tokens are derived from it. */
  readonly id: string;
  /** The time the trigger stands for: market time of an event or a market schedule, wall time of a wall schedule. */
  readonly now: EpochMillis;
  readonly correlationId: string;
  /** This process run or function instance, for audit. */
  readonly sessionId: string;
  readonly trigger: { readonly kind: 'event'; readonly event: AresEvent } | { readonly kind: 'schedule' };
}
