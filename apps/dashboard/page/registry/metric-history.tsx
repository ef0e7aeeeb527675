import { useMemo } from 'preact/hooks';
import { historyLines } from './history-lines.ts';
import { metricText } from './metric-value.ts';
import { mlflow } from './mlflow.ts';
import { Problem } from './problem.tsx';
import { StepChart } from './step-chart.tsx';
import { useAnswer } from './use-answer.ts';

/** One metric's history in some runs, as a chart. */
export function MetricHistory({
  metric,
  runs,
  version = '',
}: {
  readonly metric: string;
  readonly runs: readonly { readonly id: string; readonly name: string }[];
  /** Changes when there may be newer values. */
  readonly version?: string;
}) {
  const ids = runs.map(({ id }) => id);
  const { value, problem } = useAnswer(`${metric}\n${ids}\n${version}`, async (signal) => ({
    metric,
    ...historyLines(await mlflow.histories(ids, metric, signal), ids),
  }));
  const lines = useMemo(() => runs.map(({ id, name }, i) => ({ id, name, points: value?.lines[i] ?? [] })), [value]);
  if (problem) return <Problem>{problem}</Problem>;
  if (!value) return <p class="empty history">Reading…</p>;
  const last = lines.map(({ name, points }) => {
    const end = points.at(-1);
    return end ? `${name} ${metricText(end.value)} at step ${end.step}` : `${name} has no values`;
  });
  return (
    <div class="history">
      {lines.some(({ points }) => points.length > 0) ? (
        <StepChart lines={lines} about={`${value.metric} by step: ${last.join('; ')}`} />
      ) : (
        <p class="empty">There is no value of {value.metric} to draw.</p>
      )}
      {value.left > 0 && (
        <p class="muted small">
          {value.left === 1 ? 'One value is' : `${value.left} values are`} not drawn: not a number, or infinite.
        </p>
      )}
    </div>
  );
}
