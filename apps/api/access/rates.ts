import { createTokenBucket, type RateLimit, type TokenBucket } from '../../../src/core/access/token-bucket.ts';
import type { Monotonic } from '../../../src/core/ports/clock.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';

/** A bucket for everyone who asks, by name; the names must be few. */
export function createRates(
  limit: RateLimit,
  monotonic: Monotonic,
): {
  /** @throws MlflowError `REQUEST_LIMIT_EXCEEDED`, with the seconds to wait in its data */
  take(name: string): void;
} {
  const buckets = new Map<string, TokenBucket>();
  return {
    take(name) {
      const now = monotonic.now();
      let bucket = buckets.get(name);
      if (!bucket) {
        bucket = createTokenBucket(limit, now);
        buckets.set(name, bucket);
      }
      if (bucket.take(now)) return;
      const retryAfter = Math.max(1, Math.ceil(bucket.wait(now) / 1_000));
      const message = `at most ${limit.perSecond} requests a second may be made, ${limit.burst} at once; wait ${retryAfter} s`;
      throw new MlflowError('REQUEST_LIMIT_EXCEEDED', message, { retryAfter });
    },
  };
}
