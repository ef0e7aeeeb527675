import { keysOf } from './keys-of.ts';
import { metricText } from './metric-value.ts';
import type { Run } from './mlflow-types.ts';
import { metricOf, ownTags, valueAt } from './run-facts.ts';

export interface ComparisonRow {
  readonly kind: 'metric' | 'parameter' | 'tag';
  readonly key: string;
  /** One a run; empty where the run has none. */
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** Metrics, parameters and tags of some runs side by side. */
export function comparisonRows(runs: readonly Run[]): readonly ComparisonRow[] {
  const row = (kind: ComparisonRow['kind'], key: string, values: readonly string[], exact = values): ComparisonRow => ({
    kind,
    key,
    values,
    differs: new Set(exact).size > 1,
  });
  const tags = runs.map(({ data }) => ownTags(data.tags));
  return [
    ...keysOf(runs.map(({ data }) => data.metrics)).map((key) => {
      const values = runs.map((run) => metricOf(run, key));
      return row(
        'metric',
        key,
        values.map((value) => (value === undefined ? '' : metricText(value))),
        values.map(String),
      );
    }),
    ...keysOf(runs.map(({ data }) => data.params)).map((key) =>
      row(
        'parameter',
        key,
        runs.map(({ data }) => valueAt(data.params, key) ?? ''),
      ),
    ),
    ...keysOf(tags).map((key) =>
      row(
        'tag',
        key,
        tags.map((list) => valueAt(list, key) ?? ''),
      ),
    ),
  ];
}
