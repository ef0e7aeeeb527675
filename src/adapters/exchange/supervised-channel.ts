import { AresError, messageOf } from '../../core/ares-error.ts';
import { type BackoffPolicy, backoffDelay } from '../../core/network/backoff.ts';
import type { Monotonic, Timers } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Random } from '../../core/ports/random.ts';

export interface Channel {
  readonly name: 'market' | 'account';
  /**
   * Opens the socket and subscribes. Calls `up` before it hands over the first frame.
   * Resolves with what rejects, with the reason, when the socket is gone.
   */
  connect(up: () => void): Promise<{ readonly lost: Promise<never> }>;
  /** Ends the socket, if there is one. */
  disconnect(reason: string): void;
}

export interface ChannelPolicy extends BackoffPolicy {
  /** Opening and subscribing takes no longer, in milliseconds. */
  readonly connectMs: number;
  /** A connection that held so long starts the backoff afresh. */
  readonly stableMs: number;
}

export interface ChannelPorts {
  readonly timers: Timers;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly log: Log;
}

export interface SupervisedChannel {
  /** Resolves when the channel is up for the first time; rejects when `giveUp` said so, or `stop` was called, before that. */
  readonly ready: Promise<void>;
  /** Resolves when the supervision has ended: no state is told afterwards. */
  stop(): Promise<void>;
}

/**
 * Keeps a channel connected: opens it, tells `onState` when it is up and when it is down, and opens it again with backoff and jitter, for ever.
 *
 * @param giveUp asked about each failure before the channel was up for the first time, with how many milliseconds it has been tried
 */
export function superviseChannel(
  channel: Channel,
  policy: ChannelPolicy,
  onState: (state: 'up' | 'down', reason: string) => void,
  giveUp: (failure: unknown, triedMs: number) => boolean,
  { timers, monotonic, random, log }: ChannelPorts,
): SupervisedChannel {
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();

  /** One connection from beginning to end: why it ended, and when it had come up, if it had. */
  async function hold(everUp: boolean): Promise<{ readonly failure: unknown; readonly upAt: number | undefined }> {
    let upAt: number | undefined;
    const up = () => {
      if (upAt !== undefined || stopping.signal.aborted) return;
      upAt = monotonic.now();
      onState('up', everUp ? 'connected again' : 'connected');
      ready.resolve();
    };
    const connected = new AbortController();
    const tooLong = timers.sleep(policy.connectMs, connected.signal).then(
      () => channel.disconnect(`the ${channel.name} channel was not up within ${policy.connectMs} ms`),
      // Aborted below: it was up in time, or had failed.
      () => undefined,
    );
    const outcome = await channel.connect(up).then(
      (connection) => ({ connection }),
      (failure: unknown) => ({ failure }),
    );
    connected.abort();
    await tooLong;
    if ('failure' in outcome) return { failure: outcome.failure, upAt };
    up();
    const failure = await outcome.connection.lost.catch((reason: unknown) => reason);
    return { failure, upAt };
  }

  async function supervise(): Promise<void> {
    const startedAt = monotonic.now();
    let everUp = false;
    let failures = 0;
    for (;;) {
      const { failure, upAt } = await hold(everUp);
      if (stopping.signal.aborted)
        return ready.reject(new AresError('STREAM_CLOSED', 'the stream was closed before it was up'));
      if (upAt !== undefined) onState('down', messageOf(failure));
      everUp ||= upAt !== undefined;
      if (!everUp && giveUp(failure, monotonic.now() - startedAt)) return ready.reject(failure);
      failures = upAt !== undefined && monotonic.now() - upAt >= policy.stableMs ? 1 : failures + 1;
      log.warn('exchange channel lost, connecting again', {
        channel: channel.name,
        reason: messageOf(failure),
        failures,
      });
      // Rejects only when stopped, which the next round finds out.
      await timers.sleep(backoffDelay(failures, policy, random), stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted)
        return ready.reject(new AresError('STREAM_CLOSED', 'the stream was closed before it was up'));
    }
  }

  const ended = supervise();
  return {
    ready: ready.promise,
    async stop() {
      stopping.abort();
      channel.disconnect('closed by its owner');
      await ended;
    },
  };
}
