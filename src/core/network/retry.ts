import type { Monotonic, Timers } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type BackoffPolicy, backoffDelay } from './backoff.ts';

export interface RetryPolicy extends BackoffPolicy {
  /** The first attempt included. */
  readonly maxAttempts: number;
  /** No attempt begins later than this after the first, in milliseconds. */
  readonly maxTotalMs: number;
}

/** What a failure means for the next attempt; `notBeforeMs` is what the other side asked for, 0 when it asked for nothing. */
export type Verdict = { readonly again: false } | { readonly again: true; readonly notBeforeMs: number };

/**
 * Repeats what is safe to repeat, with exponential backoff and full jitter, until it succeeds.
 *
 * @throws the last failure, when its verdict forbids another attempt or the policy's attempts or time are used up
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  verdictOn: (failure: unknown) => Verdict,
  policy: RetryPolicy,
  ports: { readonly timers: Timers; readonly monotonic: Monotonic; readonly random: Random },
): Promise<T> {
  const startedAt = ports.monotonic.now();
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (failure) {
      const verdict = verdictOn(failure);
      if (!verdict.again || failures >= policy.maxAttempts) throw failure;
      const waitMs = Math.max(verdict.notBeforeMs, backoffDelay(failures, policy, ports.random));
      if (ports.monotonic.now() - startedAt + waitMs > policy.maxTotalMs) throw failure;
      await ports.timers.sleep(waitMs);
    }
  }
}
