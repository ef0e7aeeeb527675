import { overRuns, type Percentiles, percentilesOf, type Spread, spreadOf } from '../measure/percentiles.ts';
import type { PathRun } from './run-trading-path.ts';
import { durations, type Sample, STAGES } from './sample.ts';

type Stages = Readonly<Record<string, Percentiles>>;

export interface PathFigures extends Percentiles {
  readonly samples: number;
  readonly spread: Spread;
  readonly stages: Stages;
  readonly perRun: readonly (Percentiles & { readonly samples: number })[];
  /** Every trade up to its prediction, those among them that waited behind others. */
  readonly everyTrade: { readonly samples: number; readonly stages: Stages };
  readonly filled: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly positionMatchesExchange: boolean;
}

const ORDER_STAGES = STAGES.map(([name]) => name);
const TRADE_STAGES = ORDER_STAGES.slice(0, ORDER_STAGES.indexOf('inference') + 1);

function stagesOf(names: readonly string[], runs: readonly (readonly Sample[])[]): Stages {
  const spans = STAGES.filter(([name]) => names.includes(name));
  return Object.fromEntries(
    spans.map(([name, from, to]) => [
      name,
      overRuns(runs.map((samples) => percentilesOf(durations(samples, from, to)))),
    ]),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function sumByReason(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap(Object.entries<number>)) all[reason] = (all[reason] ?? 0) + count;
  return all;
}

/** Passes over the recording as one run. */
export const joinPasses = (passes: readonly PathRun[]): PathRun => ({
  trades: passes.flatMap(({ trades }) => trades),
  orders: passes.flatMap(({ orders }) => orders),
  filled: sum(passes.map(({ filled }) => filled)),
  failed: sumByReason(passes.map(({ failed }) => failed)),
  positionMatchesExchange: passes.every((pass) => pass.positionMatchesExchange),
  withoutRow: sum(passes.map(({ withoutRow }) => withoutRow)),
});

export function summarizeRuns(runs: readonly PathRun[]): PathFigures {
  const perRun = runs.map(({ orders }) => ({
    ...percentilesOf(durations(orders, 'readAt', 'writtenAt')),
    samples: orders.length,
  }));
  const orders = runs.map((run) => run.orders);
  const trades = runs.map((run) => run.trades);
  return {
    ...overRuns(perRun),
    samples: sum(perRun.map(({ samples }) => samples)),
    spread: spreadOf(perRun),
    stages: stagesOf(ORDER_STAGES, orders),
    perRun,
    everyTrade: { samples: sum(trades.map(({ length }) => length)), stages: stagesOf(TRADE_STAGES, trades) },
    filled: sum(runs.map(({ filled }) => filled)),
    failed: sumByReason(runs.map(({ failed }) => failed)),
    positionMatchesExchange: runs.every((run) => run.positionMatchesExchange),
  };
}
