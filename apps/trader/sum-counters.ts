import type { EngineCounters } from '../../src/core/trading/engine-counters.ts';

/** Counters that say when or how long, and not how many: the highest counts. */
const HIGHEST: readonly (keyof EngineCounters)[] = ['lastBarClose', 'lastDecisionUs'];

/** What the engines of several lines have seen and done together. */
export function sumCounters(counters: readonly EngineCounters[]): EngineCounters {
  const [first] = counters as readonly [EngineCounters, ...EngineCounters[]];
  if (counters.length === 1) return first;
  const sum = { ...first };
  for (const of of counters.slice(1)) {
    for (const name of Object.keys(sum) as (keyof EngineCounters)[])
      sum[name] = HIGHEST.includes(name) ? Math.max(sum[name], of[name]) : sum[name] + of[name];
  }
  return sum;
}
