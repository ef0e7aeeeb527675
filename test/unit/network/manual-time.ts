import type { Monotonic, Timers } from '../../../src/core/ports/clock.ts';

/** Time that passes only by sleeping, so that waits can be read off. */
export function manualTime(): { timers: Timers; monotonic: Monotonic; slept: number[]; pass(ms: number): void } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    pass(ms) {
      now += ms;
    },
    monotonic: { now: () => now },
    timers: {
      async sleep(ms) {
        slept.push(ms);
        now += ms;
      },
      every: () => () => undefined,
    },
  };
}
