import { messageOf } from '../../src/core/ares-error.ts';
import { type Dashboard, type DashboardMessage, dashboardChange } from '../../src/core/dashboard/dashboard.ts';
import type { Timers } from '../../src/core/ports/clock.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { createSubscriber, type Subscriber } from './subscriber.ts';

export interface LiveFeed {
  /** `undefined` when there are too many already, or the feed is closed. */
  subscribe(): Pick<Subscriber, 'next' | 'end'> | undefined;
  /** Ends every subscription. */
  close(): void;
}

const READ_EVERY_MS = 1_000;
const COMMENT_EVERY_MS = 15_000;
const MAX_SUBSCRIBERS = 32;
/** Who is so many messages behind gets everything anew instead. */
const MAX_WAITING = 30;

const frame = (message: DashboardMessage): string => `event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`;

/** Reads the dashboard about once a second while somebody watches, and hands on what has changed, as frames of server-sent events. */
export function createLiveFeed(
  read: () => Promise<Dashboard>,
  { timers, log }: { readonly timers: Timers; readonly log: Log },
): LiveFeed {
  const subscribers = new Set<Subscriber>();
  let stop: (() => void) | undefined;
  let closed = false;
  let busy = false;
  let latest: Dashboard | undefined;
  let trouble: string | undefined;

  const handOut = (dashboard: Dashboard, changed: string | undefined): void => {
    let snapshot: string | undefined;
    for (const subscriber of subscribers) {
      if (subscriber.waiting() >= MAX_WAITING) subscriber.startOver();
      if (subscriber.current) {
        if (changed !== undefined) subscriber.push(changed);
      } else {
        snapshot ??= frame({ kind: 'snapshot', dashboard });
        subscriber.push(snapshot);
        subscriber.current = true;
      }
    }
  };
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      const next = await read();
      // After a trouble everything is sent anew, which also says that it is over.
      if (trouble !== undefined) for (const subscriber of subscribers) subscriber.startOver();
      trouble = undefined;
      const change = latest && dashboardChange(latest, next);
      latest = next;
      handOut(next, change && frame({ kind: 'change', change }));
    } catch (error) {
      const message = messageOf(error);
      if (message !== trouble) log.warn('the dashboard cannot be read', { error: message });
      if (message !== trouble)
        for (const subscriber of subscribers) subscriber.push(frame({ kind: 'trouble', message }));
      trouble = message;
    } finally {
      busy = false;
    }
  };
  const start = (): void => {
    const stopReading = timers.every(READ_EVERY_MS, () => void look());
    const stopComments = timers.every(COMMENT_EVERY_MS, () => {
      for (const subscriber of subscribers) subscriber.push(': still here\n\n');
    });
    stop = () => {
      stopReading();
      stopComments();
      stop = undefined;
    };
  };

  return {
    subscribe() {
      if (closed || subscribers.size >= MAX_SUBSCRIBERS) return undefined;
      const subscriber = createSubscriber(() => {
        subscribers.delete(subscriber);
        if (subscribers.size === 0) stop?.();
      });
      subscribers.add(subscriber);
      if (trouble !== undefined) subscriber.push(frame({ kind: 'trouble', message: trouble }));
      if (!stop) start();
      void look();
      return subscriber;
    },
    close() {
      closed = true;
      for (const subscriber of [...subscribers]) subscriber.end();
    },
  };
}
