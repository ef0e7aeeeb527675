import type { LoggedModel, LoggedModelMetric } from './logged-model.ts';
import type { Searchable } from './search/searchable.ts';

const SHORT = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 'UNSPECIFIED',
  LOGGED_MODEL_PENDING: 'PENDING',
  LOGGED_MODEL_READY: 'READY',
  LOGGED_MODEL_UPLOAD_FAILED: 'FAILED',
} as const;

/** A logged model as filters and orderings see it. */
export function searchableLoggedModel(model: LoggedModel, metrics: readonly LoggedModelMetric[]): Searchable {
  return {
    attributes: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      artifact_location: model.artifactLocation,
      model_type: model.modelType,
      status: SHORT[model.status],
      status_message: null,
      source_run_id: model.sourceRunId,
      creation_timestamp: model.createdAt,
      last_updated_timestamp: model.updatedAt,
    },
    params: model.params,
    tags: model.tags,
    modelMetrics: metrics.map(({ key, value, timestamp, step, runId, datasetName, datasetDigest }) => ({
      key,
      value,
      timestamp,
      step,
      runId,
      ...(datasetName === undefined ? {} : { datasetName }),
      ...(datasetDigest === undefined ? {} : { datasetDigest }),
    })),
  };
}
