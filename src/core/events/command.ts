import type { EpochMillis } from '../ports/clock.ts';
import type { EventMetadata } from './envelope.ts';
import type { Invocation } from './invocation.ts';

/** Somebody's wish to change something: a person's through the CLI, or a function's own. */
export interface Command {
  /** Unique to the wish, the same each time it is sent: commit tokens and event ids are derived from it. */
  readonly id: string;
  /** A person's name, or the function that acts by itself. */
  readonly user: string;
  readonly now: EpochMillis;
  readonly sessionId: string;
  /** What began it all; the command itself when absent. */
  readonly correlationId?: string;
}

/** The command of a function that acts because it was invoked. */
export function commandOf(invocation: Invocation, user: string): Command {
  const { id, now, sessionId, correlationId } = invocation;
  return { id, user, now, sessionId, correlationId };
}

/** Metadata of the `index`-th event of the commit named `token`: the same commit sent again carries the same ids. */
export function metadataOf(
  command: Command,
  origin: {
    readonly token: string;
    readonly index: number;
    readonly slot: string | null;
    readonly sequence: number;
  },
): EventMetadata {
  return {
    id: `${origin.token}:${origin.index}`,
    version: 1,
    occurredAt: command.now,
    correlationId: command.correlationId ?? command.id,
    causationId: command.id,
    slot: origin.slot,
    sequence: origin.sequence,
  };
}
