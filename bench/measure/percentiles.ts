/** In microseconds. */
export interface Percentiles {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

export interface Spread {
  readonly p50Us: readonly [number, number];
  readonly p99Us: readonly [number, number];
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The value that a share of the sorted values is not above (nearest rank). */
const rank = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

/** @param millis durations in milliseconds, as `performance.now` gives them */
export function percentilesOf(millis: readonly number[]): Percentiles {
  const sorted = Float64Array.from(millis).sort();
  const at = (share: number) => rounded(rank(sorted, share) * 1_000);
  return { p50Us: at(0.5), p99Us: at(0.99), maxUs: at(1) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : rounded(((sorted[middle - 1] ?? Number.NaN) + upper) / 2);
}

/** Medians of the runs' percentiles, and the largest value of all. */
export function overRuns(runs: readonly Percentiles[]): Percentiles {
  return {
    p50Us: median(runs.map((run) => run.p50Us)),
    p99Us: median(runs.map((run) => run.p99Us)),
    maxUs: Math.max(...runs.map((run) => run.maxUs)),
  };
}

/** The lowest and the highest run. */
export function spreadOf(runs: readonly Percentiles[]): Spread {
  const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  return { p50Us: range(runs.map((run) => run.p50Us)), p99Us: range(runs.map((run) => run.p99Us)) };
}
