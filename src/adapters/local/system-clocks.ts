import { setTimeout as delay } from 'node:timers/promises';
import { epochMillis, type Monotonic, type Timers, type WallClock } from '../../core/ports/clock.ts';

const wall: WallClock = { now: () => epochMillis(Date.now()) };

const monotonic: Monotonic = { now: () => performance.now() };

const timers: Timers = {
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  every(ms, task) {
    const handle = setInterval(task, ms);
    return () => clearInterval(handle);
  },
};

/** The clocks and timers of this process. */
export const systemClocks = { wall, monotonic, timers } as const;
