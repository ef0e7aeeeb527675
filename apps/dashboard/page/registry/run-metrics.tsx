import { Card } from '../card.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import { MetricHistory } from './metric-history.tsx';
import { metricText } from './metric-value.ts';
import type { Metric, Run } from './mlflow-types.ts';
import { hrefOf, type Route } from './route.ts';
import { runName } from './run-facts.ts';

type RunRoute = Extract<Route, { view: 'run' }>;

function Row({
  metric,
  route,
  current,
}: {
  readonly metric: Metric;
  readonly route: RunRoute;
  readonly current: boolean;
}) {
  return (
    <tr class={current ? 'chosen' : ''}>
      <th scope="row">
        <a href={hrefOf({ ...route, metric: metric.key })} aria-current={current ? 'true' : undefined}>
          {metric.key}
        </a>
      </th>
      <td class="number" title={String(metric.value)}>
        {metricText(metric.value)}
      </td>
      <td class="number">{(metric.step ?? 0).toLocaleString('en-US')}</td>
    </tr>
  );
}

/** A run's metrics, and the history of the one that is chosen. */
export function RunMetrics({ run, route }: { readonly run: Run; readonly route: RunRoute }) {
  const metrics = (run.data.metrics ?? []).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  if (metrics.length === 0) {
    return (
      <Card title="Metrics">
        <p class="empty">This run has logged no metric.</p>
      </Card>
    );
  }
  const chosen = metrics.find(({ key }) => key === route.metric) ?? (metrics[0] as Metric);
  return (
    <div class="halves">
      <Card title="Metrics, last values" aside={<span class="muted">{metrics.length}</span>}>
        <ScrollRegion label="Metrics" kind="table">
          <table>
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col" class="number">
                  Value
                </th>
                <th scope="col" class="number">
                  Step
                </th>
              </tr>
            </thead>
            <tbody>
              {metrics.map((metric) => (
                <Row key={metric.key} metric={metric} route={route} current={metric === chosen} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      </Card>
      <Card title={`${chosen.key} by step`}>
        <MetricHistory
          metric={chosen.key}
          runs={[{ id: run.info.run_id, name: runName(run) }]}
          version={`${chosen.timestamp}#${chosen.step ?? 0}`}
        />
      </Card>
    </div>
  );
}
