/** What can be searched; each kind has attributes, comparators and orderings of its own. */
export type SearchKind = 'runs' | 'experiments' | 'registered-models' | 'model-versions' | 'logged-models';

/** A run's input as `datasets.` sees it; the context is the input's tag `mlflow.data.context`. */
export interface SearchableDataset {
  readonly name: string;
  readonly digest: string;
  readonly context?: string;
}

/** One measurement of a logged model; the timestamp in milliseconds. */
export interface SearchableModelMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step?: number;
  readonly runId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/**
 * An entity as the search sees it.
 *
 * Attributes bear MLflow's names, times are milliseconds, and what is unknown is null or left out:
 * - runs: `run_id`, `run_name`, `status` (RUNNING, …), `user_id`, `artifact_uri`, `start_time`, `end_time`
 * - experiments: `experiment_id`, `name`, `creation_time`, `last_update_time`
 * - registered-models: `name`, `creation_timestamp`, `last_updated_timestamp`
 * - model-versions: `name`, `version_number`, `run_id`, `source_path`, `creation_timestamp`, `last_updated_timestamp`
 * - logged-models: `model_id`, `name`, `model_type`, `status` (READY, …), `source_run_id`, `creation_timestamp`, `last_updated_timestamp`
 */
export interface Searchable {
  readonly attributes: Readonly<Record<string, string | number | null | undefined>>;
  /** Latest values, of runs. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of runs. */
  readonly datasets?: readonly SearchableDataset[];
  /** Of logged models, which may have several values of one metric: a run's, or a data set's. */
  readonly modelMetrics?: readonly SearchableModelMetric[];
}
