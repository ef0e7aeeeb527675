import { epochMillis, type WallClock } from '../../src/core/ports/clock.ts';

/** A wall clock that goes on when told to. */
export function manualClock(start = 1_700_000_000_000): WallClock & { pass(ms: number): void } {
  let now = start;
  return {
    now: () => epochMillis(now),
    pass(ms) {
      now += ms;
    },
  };
}
