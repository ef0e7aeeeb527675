import type { EventEnvelope } from '../events/envelope.ts';

/** An event that was committed, with its place among all of them. */
export interface LoggedEvent {
  /** Grows with every event of the ledger, whatever its source. */
  readonly position: number;
  /** Whether the bus has taken it. */
  readonly published: boolean;
  readonly event: EventEnvelope;
}

/** The events of the recent past, for people who watch; consumers get theirs from the bus. */
export interface EventLog {
  /** Newest first: at most `limit`, with `before` only those at lower positions. */
  recent(request: { readonly limit: number; readonly before?: number }): Promise<readonly LoggedEvent[]>;
}
