import { isDrawable } from './metric-value.ts';
import type { Metric } from './mlflow-types.ts';
import type { StepPoint } from './step-grid.ts';

export interface HistoryLines {
  /** In the order of the runs asked for; of several values at one step the newest. */
  readonly lines: readonly (readonly StepPoint[])[];
  /** How many values cannot be drawn: NaN, infinities. */
  readonly left: number;
}

/** A metric's history as the lines of a chart, one a run. */
export function historyLines(metrics: readonly Metric[], runIds: readonly string[]): HistoryLines {
  const drawn = metrics.filter(({ value }) => isDrawable(value));
  const lines = runIds.map((runId) =>
    drawn
      .filter(({ run_id }) => run_id === undefined || run_id === runId)
      .toSorted((a, b) => Number(a.step ?? 0) - Number(b.step ?? 0) || Number(a.timestamp) - Number(b.timestamp))
      .map(({ step, value }) => ({ step: Number(step ?? 0), value: Number(value) })),
  );
  return { lines, left: metrics.length - drawn.length };
}
