import type { Timers } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';

/** Waits a random time up to a bound that doubles with each attempt, from 20 ms to a second ("full jitter"). */
export function backOff(
  { random, timers }: { readonly random: Pick<Random, 'next'>; readonly timers: Pick<Timers, 'sleep'> },
  attempt: number,
): Promise<void> {
  return timers.sleep(random.next() * Math.min(1_000, 10 * 2 ** attempt));
}
