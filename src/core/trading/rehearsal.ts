/** How far ahead of a bar's close the way of a decision is kept warm, and how often, in milliseconds. */
const REHEARSE_WITHIN_MS = 1_000;
const EVERY_MS = 5;

/** Told of market messages; now and then runs the way of a decision without its effects. */
export interface Rehearsal {
  /** @param untilCloseMs until the open bar closes, by the exchange's clock */
  heard(receivedAt: number, untilCloseMs: number): void;
}

/**
 * Rehearses a decision just before it is due.
 *
 * A minute after the last one, code and model have left the processor's caches: the same model that takes 10 µs right after another run takes over 100. What is rehearsed decides
 * nothing and sends nothing; that it fails is no news, for the decision itself will.
 */
export function createRehearsal(rehearse: () => void, withinMs = REHEARSE_WITHIN_MS): Rehearsal {
  let last = Number.NEGATIVE_INFINITY;
  return {
    heard(receivedAt, untilCloseMs) {
      if (untilCloseMs > withinMs || receivedAt - last < EVERY_MS) return;
      last = receivedAt;
      try {
        rehearse();
      } catch {
        // Said where it matters.
      }
    },
  };
}
