import type { Log } from '../../src/core/ports/log.ts';

/**
 * Ends the process when it has not left by itself some time after the signal.
 *
 * Whoever sent the signal kills after a patience of their own; this way the log says so first. Nothing is lost: start-up is recovery, and
 * the next trader only has to wait out the lease.
 */
export function leaveInTime(signal: AbortSignal, limitMs: number, log: () => Log): void {
  const hurry = (): void => {
    setTimeout(() => {
      log().error(`the trader must have stopped within ${limitMs} ms, had not: it ends without giving back its lease`);
      process.exit(1);
    }, limitMs).unref();
  };
  if (signal.aborted) hurry();
  else signal.addEventListener('abort', hurry, { once: true });
}
