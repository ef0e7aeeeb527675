import { useId } from 'preact/hooks';
import { Card } from '../card.tsx';
import { ComparisonTable } from './comparison-table.tsx';
import { Crumbs } from './crumbs.tsx';
import { keysOf } from './keys-of.ts';
import { links } from './links.ts';
import { MetricHistory } from './metric-history.tsx';
import { mlflow } from './mlflow.ts';
import type { Run } from './mlflow-types.ts';
import { Problem } from './problem.tsx';
import { hrefOf, type Route } from './route.ts';
import { runName } from './run-facts.ts';
import { useAnswer } from './use-answer.ts';

type CompareRoute = Extract<Route, { view: 'compare' }>;

function MetricCard({ route, runs }: { readonly route: CompareRoute; readonly runs: readonly Run[] }) {
  const id = useId();
  const metrics = keysOf(runs.map(({ data }) => data.metrics));
  const metric = metrics.includes(route.metric) ? route.metric : metrics[0];
  if (metric === undefined) return <p class="empty">None of these runs has logged a metric.</p>;
  return (
    <Card
      title="Metric by step"
      aside={
        <span>
          <label for={id}>Metric</label>{' '}
          <select
            id={id}
            value={metric}
            onChange={(event) => location.replace(hrefOf({ ...route, metric: event.currentTarget.value }))}
          >
            {metrics.map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        </span>
      }
    >
      <MetricHistory metric={metric} runs={runs.map((run) => ({ id: run.info.run_id, name: runName(run) }))} />
    </Card>
  );
}

/** Some runs in one chart and side by side. */
export function CompareView({ route }: { readonly route: CompareRoute }) {
  const { runIds } = route;
  const { value: runs, problem } = useAnswer(runIds.join(), (signal) =>
    Promise.all(runIds.map((id) => mlflow.run(id, signal))),
  );
  const experimentIds = [...new Set(runs?.map(({ info }) => info.experiment_id))];
  const experiments = useAnswer(experimentIds.join(), (signal) =>
    Promise.all(experimentIds.map((id) => mlflow.experiment(id, signal))),
  );
  if (runIds.length === 0) return <p class="empty">Select runs in an experiment to compare them.</p>;
  if (problem) return <Problem>{problem}</Problem>;
  if (!runs) return <p class="empty">Reading…</p>;
  return (
    <>
      <Crumbs
        way={[
          ['Experiments', links.experiments],
          ...experimentIds.map((id, i) => [experiments.value?.[i]?.name ?? id, links.experiment(id)] as const),
        ]}
      >
        {runs.length} runs compared
      </Crumbs>
      <MetricCard route={route} runs={runs} />
      <ComparisonTable runs={runs} />
    </>
  );
}
