import type { StreamMessage } from '../../src/core/ports/exchange.ts';
import type { VirtualProcess } from './virtual-process.ts';
import type { World } from './world.ts';

export type Channel = 'market' | 'account';

/** A message before it has arrived: the time of arrival is stamped where it is read. */
export type Departing = (receivedAt: number) => StreamMessage;

interface Subscription {
  readonly process: VirtualProcess;
  readonly listener: (message: StreamMessage) => void;
  readonly channels: Record<Channel, { up: boolean; free: number }>;
}

/** The sockets from the exchange to every process that listens. */
export interface StreamHub {
  subscribe(process: VirtualProcess, listener: (message: StreamMessage) => void): { close(): void };
  send(channel: Channel, message: Departing, extraMs?: number): void;
  /** Breaks a channel for so long; what is sent meanwhile is lost. */
  disconnect(channel: Channel, ms: number): void;
}

export function createStreamHub(world: World): StreamHub {
  const { scheduler, faults } = world;
  const dice = world.chances.streams;
  const subscriptions = new Set<Subscription>();

  const hand = (subscription: Subscription, message: Departing, at: number): void =>
    scheduler.at(at, () => {
      if (!subscriptions.has(subscription)) return;
      subscription.process.deliver(() => {
        const read = message(subscription.process.monotonic.now());
        if (read.kind === 'order') world.orders.heard(read.report.clientOrderId);
        if (read.kind === 'fill' && read.fill.clientOrderId) world.orders.heard(read.fill.clientOrderId);
        subscription.listener(read);
      });
    });
  const isLost = (channel: Channel): boolean => {
    const kind = channel === 'account' ? 'silent account' : 'silent market';
    const strength = faults.strength(kind);
    if (strength === 0 || !(channel === 'market' || dice.chance(0.3 + 0.7 * strength))) return false;
    faults.strike(kind);
    return true;
  };

  return {
    subscribe(process, listener) {
      const channel = () => ({ up: true, free: 0 });
      const subscription = { process, listener, channels: { market: channel(), account: channel() } };
      subscriptions.add(subscription);
      return { close: () => void subscriptions.delete(subscription) };
    },
    send(channel, message, extraMs = 0) {
      for (const subscription of subscriptions) {
        if (!subscription.process.isAlive) {
          subscriptions.delete(subscription);
          continue;
        }
        const line = subscription.channels[channel];
        if (!line.up || isLost(channel)) continue;
        let delay = dice.whole(1, 12) + extraMs;
        const late = faults.strength('late message');
        if (late > 0 && dice.chance(0.3)) {
          delay += dice.whole(100, 100 + Math.round(5_000 * late));
          faults.strike('late message', channel);
        }
        let at = scheduler.now + delay;
        const reordering = channel === 'account' ? faults.strength('reordered message') : 0;
        if (reordering > 0 && dice.chance(0.6)) {
          at += dice.whole(0, 400);
          faults.strike('reordered message');
        } else if (extraMs === 0) {
          at = Math.max(at, line.free);
          line.free = at;
        }
        hand(subscription, message, at);
        const repeating = faults.strength('repeated message');
        if (repeating > 0 && dice.chance(repeating)) {
          faults.strike('repeated message', channel);
          hand(subscription, message, at + dice.whole(0, 1_500));
        }
      }
    },
    disconnect(channel, ms) {
      faults.strike(channel === 'account' ? 'account disconnect' : 'market disconnect');
      for (const subscription of subscriptions) {
        const line = subscription.channels[channel];
        if (!line.up) continue;
        line.up = false;
        const tell = (state: 'up' | 'down') => (): StreamMessage => ({
          kind: 'connection',
          state,
          channel,
          reason: state === 'up' ? 'connected again' : 'the socket broke',
        });
        hand(subscription, tell('down'), scheduler.now + dice.whole(1, 50));
        scheduler.after(Math.max(60, ms), () => {
          line.up = true;
          hand(subscription, tell('up'), scheduler.now);
        });
      }
    },
  };
}
