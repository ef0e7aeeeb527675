import type { JsonObject } from '../ports/ledger.ts';
import type { LoggedModel, LoggedModelMetric } from './logged-model.ts';

const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

const pairs = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts)
    .toSorted(byKey)
    .map(([key, value]) => ({ key, value }));

function metricJson(modelId: string, metric: LoggedModelMetric): JsonObject {
  const { key, value, timestamp, step, datasetName, datasetDigest, runId } = metric;
  return {
    key,
    value,
    timestamp,
    step,
    ...(datasetName ? { dataset_name: datasetName } : {}),
    ...(datasetDigest ? { dataset_digest: datasetDigest } : {}),
    model_id: modelId,
    run_id: runId,
  };
}

/** A logged model as MLflow's API shows it: lists only when something is in them. */
export function loggedModelJson(model: LoggedModel, metrics: readonly LoggedModelMetric[]): JsonObject {
  const tags = pairs(model.tags);
  const params = pairs(model.params);
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactLocation,
      status: model.status,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      ...(tags.length > 0 ? { tags } : {}),
    },
    data: {
      ...(params.length > 0 ? { params } : {}),
      ...(metrics.length > 0 ? { metrics: metrics.map((metric) => metricJson(model.modelId, metric)) } : {}),
    },
  };
}
