import type { MetricValue, Pair, Run } from './mlflow-types.ts';

/** How long a run took in milliseconds; `undefined` while it runs. */
export function runDuration({ info }: Run): number | undefined {
  return info.end_time ? Math.max(0, info.end_time - info.start_time) : undefined;
}

export const runName = ({ info }: Run): string => info.run_name || info.run_id.slice(0, 8);

export const valueAt = (pairs: readonly Pair[] | undefined, key: string): string | undefined =>
  pairs?.find((pair) => pair.key === key)?.value;

export const metricOf = ({ data }: Run, key: string): MetricValue | undefined =>
  data.metrics?.find((metric) => metric.key === key)?.value;

/** Tags that people set; those of the client itself begin with `mlflow.`. */
export const ownTags = (tags: readonly Pair[] | undefined): readonly Pair[] =>
  (tags ?? []).filter(({ key }) => !key.startsWith('mlflow.'));
