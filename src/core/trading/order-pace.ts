import type { Monotonic } from '../ports/clock.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

/** Counts the orders of the last second and the purchases of the last minute. */
export interface OrderPace {
  count(side: 'buy' | 'sell'): void;
  lastSecond(): number;
  /** Of purchases. */
  lastMinute(): number;
}

export function createOrderPace(clock: Monotonic): OrderPace {
  const all = createWindow(SECOND);
  const purchases = createWindow(MINUTE);
  return {
    count(side) {
      const now = clock.now();
      all.add(now);
      if (side === 'buy') purchases.add(now);
    },
    lastSecond: () => all.within(clock.now()),
    lastMinute: () => purchases.within(clock.now()),
  };
}

/** Times of a clock that never goes back, as many as lie within the window. */
function createWindow(length: number): { add(at: number): void; within(now: number): number } {
  let times: number[] = [];
  let first = 0;
  const forget = (now: number): void => {
    while (first < times.length && (times[first] as number) <= now - length) first += 1;
    if (first > 1_000) {
      times = times.slice(first);
      first = 0;
    }
  };
  return {
    add(at) {
      forget(at);
      times.push(at);
    },
    within(now) {
      forget(now);
      return times.length - first;
    },
  };
}
