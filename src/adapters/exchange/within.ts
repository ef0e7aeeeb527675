import type { Timers } from '../../core/ports/clock.ts';

/** The promise's outcome if it comes in time; otherwise rejects with `late()`. What was begun is not stopped. */
export function within<T>(promise: Promise<T>, ms: number, timers: Timers, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // A repeating timer that is stopped at its first call: a wait that is aborted costs an error object and an event for each order.
    const stop = timers.every(ms, () => {
      stop();
      reject(late());
    });
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (failure: unknown) => {
        stop();
        reject(failure);
      },
    );
  });
}
