/** A metric's value as MLflow's JSON has it: numbers that JSON cannot hold come as text. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface Metric {
  readonly key: string;
  readonly value: MetricValue;
  readonly timestamp: number;
  readonly step?: number;
  /** In histories of several runs. */
  readonly run_id?: string;
}

export interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly artifact_location?: string;
  readonly lifecycle_stage: string;
  readonly creation_time?: number;
  readonly last_update_time?: number;
  readonly tags?: readonly Pair[];
}

export interface DatasetInput {
  readonly dataset: { readonly name: string; readonly digest: string; readonly source_type?: string };
  readonly tags?: readonly Pair[];
}

export interface Run {
  readonly info: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly experiment_id: string;
    readonly user_id?: string;
    readonly status: string;
    readonly start_time: number;
    readonly end_time?: number;
    readonly artifact_uri?: string;
    readonly lifecycle_stage: string;
  };
  readonly data: {
    readonly metrics?: readonly Metric[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  };
  readonly inputs?: { readonly dataset_inputs?: readonly DatasetInput[] };
}

export interface ArtifactFile {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp?: number;
  readonly current_stage?: string;
  readonly description?: string;
  readonly source?: string;
  readonly run_id?: string;
  readonly status?: string;
  readonly tags?: readonly Pair[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp?: number;
  readonly description?: string;
  readonly latest_versions?: readonly ModelVersion[];
  readonly tags?: readonly Pair[];
  readonly aliases?: readonly { readonly alias: string; readonly version: string }[];
}
