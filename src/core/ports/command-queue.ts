import type { EventEnvelope } from '../events/envelope.ts';

export interface ReceivedCommand {
  readonly event: EventEnvelope;
  /** Removes the command; one not removed is received again after the visibility timeout. */
  done(): Promise<void>;
}

/** Events addressed to one long-running process: at least once, unordered. */
export interface CommandQueue {
  receive(max: number): Promise<readonly ReceivedCommand[]>;
  /** Commands sent and not yet done. */
  depth(): Promise<number>;
}
