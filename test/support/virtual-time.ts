import type { Monotonic, Timers } from '../../src/core/ports/clock.ts';

export interface VirtualTime {
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  /** Lets so much time pass, running what is due on the way in its order. */
  pass(ms: number): Promise<void>;
  /** The clock goes on while this process stands still: what is due runs only afterwards. */
  freeze(ms: number): void;
}

/** Lets everything that waits for no time go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that goes on only when told to. */
export function createVirtualTime(): VirtualTime {
  let now = 0;
  let order = 0;
  const due = new Map<number, { at: number; run: () => void }>();
  const schedule = (ms: number, run: () => void): number => {
    order += 1;
    due.set(order, { at: now + ms, run });
    return order;
  };
  return {
    monotonic: { now: () => now },
    timers: {
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const id = schedule(ms, resolve);
          signal?.addEventListener('abort', () => {
            due.delete(id);
            reject(signal.reason);
          });
        }),
      every(ms, task) {
        let id = 0;
        const repeat = (): void => {
          id = schedule(ms, repeat);
          task();
        };
        id = schedule(ms, repeat);
        return () => void due.delete(id);
      },
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...due]
          .filter(([, timer]) => timer.at <= end)
          .sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];
        if (!next) break;
        due.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
        await settle();
      }
      now = end;
      await settle();
    },
    freeze(ms) {
      now += ms;
    },
  };
}
