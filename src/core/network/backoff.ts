import type { Random } from '../ports/random.ts';

export interface BackoffPolicy {
  /** The longest first wait, in milliseconds. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly capMs: number;
}

/**
 * How long to wait after `failures` attempts that failed: uniform in [0, min(cap, base · 2^(failures − 1))).
 *
 * Full jitter keeps clients that failed together from coming back together.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param failures at least 1
 * @returns milliseconds
 */
export function backoffDelay(failures: number, policy: BackoffPolicy, random: Random): number {
  return random.next() * Math.min(policy.capMs, policy.baseMs * 2 ** (failures - 1));
}
