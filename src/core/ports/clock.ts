/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number & { readonly __brand: 'EpochMillis' };

export const epochMillis = (value: number): EpochMillis => value as EpochMillis;

/** The time of the market: candles, analysis and promotion follow it. In accelerated replay only this clock runs fast. */
export interface MarketClock {
  now(): Promise<EpochMillis>;
}

/** Wall time: signatures, receive windows, rate limits, monitoring. */
export interface WallClock {
  now(): EpochMillis;
}

/** A clock that never goes back: leases and latency. Milliseconds with fractions, from an arbitrary origin. */
export interface Monotonic {
  now(): number;
}

/** Waiting in wall time. */
export interface Timers {
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `task` every `ms` until the returned function is called. */
  every(ms: number, task: () => void): () => void;
}
