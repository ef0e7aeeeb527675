import type { Monotonic } from '../ports/clock.ts';

/** Stops calls to a server that cannot answer them, or that forbade them. */
export interface CircuitBreaker {
  /**
   * Asks to make a call now. An open circuit admits one trial when its time is over, and no other call until that one has ended.
   *
   * @returns why not, and for how many milliseconds, or `admitted`
   */
  admit():
    | { readonly admitted: true }
    | { readonly admitted: false; readonly because: 'failing' | 'held'; readonly waitMs: number };
  /** For how many milliseconds a hold still lasts; asking changes nothing. */
  heldMs(): number;
  succeeded(): void;
  failed(): void;
  /** Admits nothing for so long, whatever succeeds meanwhile: the server said so. */
  holdFor(ms: number): void;
}

/**
 * @param policy `failuresToOpen` in a row open the circuit for `openMs`
 */
export function createCircuitBreaker(
  policy: { readonly failuresToOpen: number; readonly openMs: number },
  monotonic: Monotonic,
): CircuitBreaker {
  let failures = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;
  return {
    admit() {
      const now = monotonic.now();
      if (now < heldUntil) return { admitted: false, because: 'held', waitMs: heldUntil - now };
      if (failures < policy.failuresToOpen) return { admitted: true };
      if (now < openUntil) return { admitted: false, because: 'failing', waitMs: openUntil - now };
      openUntil = now + policy.openMs;
      return { admitted: true };
    },
    heldMs: () => Math.max(0, heldUntil - monotonic.now()),
    succeeded() {
      failures = 0;
    },
    failed() {
      failures += 1;
      if (failures >= policy.failuresToOpen) openUntil = monotonic.now() + policy.openMs;
    },
    holdFor(ms) {
      heldUntil = Math.max(heldUntil, monotonic.now() + ms);
    },
  };
}
