import { messageOf } from '../../core/ares-error.ts';
import { type BackoffPolicy, backoffDelay } from '../../core/network/backoff.ts';
import type { Monotonic, Timers } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Random } from '../../core/ports/random.ts';

export interface Channel {
  readonly name: 'market' | 'account';
  /** Opens the socket and subscribes. Resolves with what rejects, with the reason, when the socket is gone. */
  connect(): Promise<{ readonly lost: Promise<never> }>;
  /** Ends the socket, if there is one. */
  disconnect(reason: string): void;
}

export interface ChannelPolicy extends BackoffPolicy {
  /** Opening and subscribing takes no longer, in milliseconds. */
  readonly connectMs: number;
  /** A connection that held so long starts the backoff afresh. */
  readonly stableMs: number;
}

export interface SupervisedChannel {
  /** Resolves when the channel is up for the first time; rejects with the failure when `giveUp` said so before that. */
  readonly ready: Promise<void>;
  /** Resolves when the supervision has ended. */
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
  ports: { readonly timers: Timers; readonly monotonic: Monotonic; readonly random: Random; readonly log: Log },
): SupervisedChannel {
  const { timers, monotonic, random, log } = ports;
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();
  const startedAt = monotonic.now();
  let failures = 0;

  async function connectInTime(): Promise<{ lost: Promise<never> }> {
    const done = new AbortController();
    const signal = AbortSignal.any([stopping.signal, done.signal]);
    const guard = timers.sleep(policy.connectMs, signal).then(
      () => channel.disconnect(`the ${channel.name} channel was not up within ${policy.connectMs} ms`),
      () => undefined,
    );
    try {
      return await channel.connect();
    } finally {
      done.abort();
      await guard;
    }
  }

  async function supervise(): Promise<void> {
    let everUp = false;
    while (!stopping.signal.aborted) {
      let upAt: number | undefined;
      try {
        const { lost } = await connectInTime();
        upAt = monotonic.now();
        onState('up', everUp ? 'connected again' : 'connected');
        everUp = true;
        ready.resolve();
        await lost;
      } catch (failure) {
        if (stopping.signal.aborted) return;
        if (upAt !== undefined) onState('down', messageOf(failure));
        if (!everUp && giveUp(failure, monotonic.now() - startedAt)) {
          ready.reject(failure);
          return;
        }
        failures = upAt !== undefined && monotonic.now() - upAt >= policy.stableMs ? 1 : failures + 1;
        log.warn('exchange channel lost, connecting again', { channel: channel.name, reason: messageOf(failure), failures });
        await timers.sleep(backoffDelay(failures, policy, random), stopping.signal).catch(() => undefined);
      }
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
