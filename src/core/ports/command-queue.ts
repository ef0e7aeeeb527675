import type { EventEnvelope } from '../events/envelope.ts';

export interface ReceivedCommand {
  readonly event: EventEnvelope;
  /** Removes the command; one not removed is received again after the visibility timeout. */
  done(): Promise<void>;
}

/** Events addressed to one long-running process: at least once, unordered. */
export interface CommandQueue {
  /**
   * What waits in the queue, at most `max` and on AWS at most 10; may wait some seconds for the first one.
   *
   * @param signal ends the waiting: the promise then resolves with nothing, and what was on its way is received again after the visibility timeout
   */
  receive(max: number, signal?: AbortSignal): Promise<readonly ReceivedCommand[]>;
  /** Commands sent and not yet done; on AWS a count that may be a minute old. */
  depth(): Promise<number>;
}
