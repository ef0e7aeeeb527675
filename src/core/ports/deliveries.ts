import type { EventBridgeEvent } from '../events/event-bridge-event.ts';
import type { EpochMillis } from './clock.ts';

/** One event on its way to one function. */
export interface Delivery {
  readonly id: number;
  /** The function. */
  readonly target: string;
  readonly event: EventBridgeEvent;
  /** 1 for the first. */
  readonly attempt: number;
}

/** A delivery that failed as often as its function allows. */
export interface DeadDelivery {
  /** Names it for `replay`; one machine counts, AWS has identifiers. */
  readonly id: string;
  readonly target: string;
  /** `null` where the event did not come along: there is nothing to try again then, and `lastError` says what to do. */
  readonly event: EventBridgeEvent | null;
  readonly attempts: number;
  readonly lastError: string;
  readonly since: EpochMillis;
}

/** What a replay did, in deliveries. */
export interface Replay {
  /** Will be tried again. */
  readonly replayed: number;
  /** Taken away without a trial: what they tell of needs none. */
  readonly dismissed: number;
}

/** What to do with events that a function could not handle. */
export interface DeadLetters {
  /** How many there are. On AWS an estimate that may lag behind by a minute. */
  deadCount(): Promise<number>;
  /** Oldest first. */
  dead(): Promise<readonly DeadDelivery[]>;
  /** Lets one, or all, be tried again from the first attempt. One whose event cannot be read stays. */
  replay(which: { readonly id: string } | 'all'): Promise<Replay>;
}

/** On one machine: what waits for the functions. On AWS EventBridge and Lambda do this themselves. */
export interface Deliveries extends DeadLetters {
  /** Adds a delivery; false when this event already went, or is going, to this target. */
  enqueue(target: string, event: EventBridgeEvent): boolean;
  /** The time of the newest scheduled run that was ever added for this target. */
  lastScheduled(target: string): EpochMillis | undefined;
  /**
   * Starts an attempt of the oldest deliveries that are due, at most `limit`, of the `targets` (default: all).
   * One that is neither finished nor failed before its function's time is over is due again.
   */
  takeDue(now: EpochMillis, limit: number, targets?: readonly string[]): readonly Delivery[];
  finished(delivery: Delivery): void;
  /** Lets it wait for its next attempt, or moves it to the dead ones and reports a `SystemError`. */
  failed(delivery: Delivery, error: string): 'waiting' | 'dead';
  /** Makes all that wait due now: for the start, when no attempt of an earlier process can still run. */
  recover(now: EpochMillis): void;
}
