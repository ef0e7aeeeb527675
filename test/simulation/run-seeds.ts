import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addCoverage, type Coverage, noCoverage } from './faults.ts';
import type { Violation } from './observer.ts';
import type { SeedResult } from './run-seed.ts';

/** What a set of seeds came to. */
export interface SeedsResult {
  readonly seeds: number;
  readonly steps: number;
  readonly bars: number;
  readonly faultsInjected: number;
  /** Fewest faults of one seed. */
  readonly fewestFaults: number;
  readonly orders: number;
  readonly starts: number;
  readonly coverage: Coverage;
  /** By seed. */
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/** A seed's result without its lines. */
export type SeedSummary = Omit<SeedResult, 'lines' | 'byKind'>;

/** Runs seeds on a few threads, each seed alone in its own world. */
export async function runSeeds(
  request: {
    readonly from: number;
    readonly seeds: number;
    readonly planted?: string;
    readonly threads?: number;
    /** Begins no other seed after one that failed. */
    readonly untilFirst?: boolean;
  },
  onSeed: (summary: SeedSummary) => void = () => undefined,
): Promise<SeedsResult> {
  const started = performance.now();
  const total = {
    seeds: 0,
    steps: 0,
    bars: 0,
    faultsInjected: 0,
    fewestFaults: Number.POSITIVE_INFINITY,
    orders: 0,
    starts: 0,
    coverage: noCoverage(),
    violations: [] as Violation[],
  };
  const add = (summary: SeedSummary): void => {
    total.seeds += 1;
    total.steps += summary.steps;
    total.bars += summary.bars;
    total.faultsInjected += summary.faultsInjected;
    total.fewestFaults = Math.min(total.fewestFaults, summary.faultsInjected);
    total.orders += summary.orders;
    total.starts += summary.starts;
    addCoverage(total.coverage, summary.coverage);
    total.violations.push(...summary.violations);
    onSeed(summary);
  };
  let next = request.from;
  const end = request.from + request.seeds;
  const threads = Math.min(request.threads ?? Math.min(2, availableParallelism()), request.seeds);
  await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
            workerData: { planted: request.planted },
          });
          const give = (): void => {
            if (next < end && !(request.untilFirst && total.violations.length > 0)) worker.postMessage(next++);
            else void worker.terminate();
          };
          worker.on('message', (summary: SeedSummary) => {
            add(summary);
            give();
          });
          worker.on('error', reject);
          worker.on('exit', () => resolve());
          give();
        }),
    ),
  );
  total.violations.sort((a, b) => a.seed - b.seed || a.step - b.step);
  return { ...total, seconds: (performance.now() - started) / 1000 };
}
