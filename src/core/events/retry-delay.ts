import type { Random } from '../ports/random.ts';

const FIRST_MS = 200;
const LONGEST_MS = 60_000;

/**
 * How long to wait after the `attempt`-th failure (from 1), in milliseconds: anywhere from 0 to a bound that doubles each time,
 * so that those that failed together do not come back together.
 */
export function retryDelay(attempt: number, random: Random): number {
  return random.next() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
}
