/** How much may be done at once, and how much again each second. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

export interface TokenBucket {
  /** Takes one if there is one. @param now milliseconds of a clock that never goes back */
  take(now: number): boolean;
  /** Milliseconds until the next one is there. */
  wait(now: number): number;
}

/** Counts what may still be done: full at first, refilled steadily. */
export function createTokenBucket({ burst, perSecond }: RateLimit, begun: number): TokenBucket {
  let level = burst;
  let at = begun;
  const fill = (now: number): void => {
    level = Math.min(burst, level + (Math.max(0, now - at) / 1_000) * perSecond);
    at = Math.max(at, now);
  };
  return {
    take(now) {
      fill(now);
      if (level < 1) return false;
      level -= 1;
      return true;
    },
    wait(now) {
      fill(now);
      return level >= 1 ? 0 : ((1 - level) / perSecond) * 1_000;
    },
  };
}
