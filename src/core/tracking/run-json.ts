import type { JsonObject } from '../ports/ledger.ts';
import type { DatasetInput, RunDocument } from './run-document.ts';

/** Lists without members are left out, as protobuf leaves them out. */
const list = (name: string, members: readonly JsonObject[]): JsonObject =>
  members.length === 0 ? {} : { [name]: members };

const pairs = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([key, value]) => ({ key, value }));

const datasetJson = ({ name, digest, sourceType, source, schema, profile, tags }: DatasetInput): JsonObject => ({
  ...list(
    'tags',
    tags.map(([key, value]) => ({ key, value })),
  ),
  dataset: {
    name,
    digest,
    source_type: sourceType,
    source,
    ...(schema !== undefined && { schema }),
    ...(profile !== undefined && { profile }),
  },
});

/** What MLflow's clients read as a run's info. */
export const runInfoJson = (run: RunDocument): JsonObject => ({
  run_uuid: run.runId,
  experiment_id: run.experimentId,
  run_name: run.name,
  user_id: run.user,
  status: run.status,
  start_time: run.startTime,
  ...(run.endTime !== null && { end_time: run.endTime }),
  artifact_uri: run.artifactUri,
  lifecycle_stage: run.stage,
  run_id: run.runId,
});

/**
 * The run as MLflow's clients read it.
 *
 * @param form a search leaves out which logged models a run read, and a new run has no outputs
 */
export function runJson(run: RunDocument, form: 'whole' | 'searched' | 'new'): JsonObject {
  const metrics = Object.entries(run.metrics).map(([key, [value, timestamp, step]]) => ({
    key,
    value,
    timestamp,
    step,
  }));
  const models = form === 'searched' ? [] : run.modelInputs;
  const outputs = run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step }));
  return {
    info: runInfoJson(run),
    data: { ...list('metrics', metrics), ...list('params', pairs(run.params)), ...list('tags', pairs(run.tags)) },
    inputs: {
      ...list('dataset_inputs', run.datasets.map(datasetJson)),
      ...list(
        'model_inputs',
        models.map((model_id) => ({ model_id })),
      ),
    },
    ...(form !== 'new' && { outputs: list('model_outputs', outputs) }),
  };
}
