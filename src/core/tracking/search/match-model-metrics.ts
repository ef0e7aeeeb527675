import type { DatasetFilter } from './dataset-filter.ts';
import { testOf } from './match-term.ts';
import type { SearchTerm } from './search-term.ts';
import type { Searchable, SearchableModelMetric } from './searchable.ts';

/** Compiles a term about a logged model's metric: any of its values will do, of the data sets asked for. */
export function matchModelMetric(
  term: SearchTerm,
  datasets: readonly DatasetFilter[],
): (entity: Searchable) => boolean {
  const test = testOf(term);
  const isAbout = isAboutAny(datasets);
  return ({ modelMetrics = [] }) =>
    modelMetrics.some((metric) => metric.key === term.key && isAbout(metric) && test(metric.value));
}

/** Whether a metric is about one of the data sets; with none asked for, every metric is. */
export function isAboutAny(datasets: readonly DatasetFilter[]): (metric: SearchableModelMetric) => boolean {
  if (datasets.length === 0) return () => true;
  return (metric) =>
    datasets.some(
      ({ dataset_name, dataset_digest }) =>
        metric.datasetName === dataset_name && (!dataset_digest || metric.datasetDigest === dataset_digest),
    );
}
