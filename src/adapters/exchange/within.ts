import type { Timers } from '../../core/ports/clock.ts';

/** The promise's outcome if it comes in time; otherwise rejects with `late()`. What was begun is not stopped. */
export async function within<T>(promise: Promise<T>, ms: number, timers: Timers, late: () => Error): Promise<T> {
  const cancel = new AbortController();
  const expiry = timers.sleep(ms, cancel.signal).then(
    () => {
      throw late();
    },
    // Aborted below, when the race is over and nobody looks at this promise any more.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    cancel.abort();
  }
}
