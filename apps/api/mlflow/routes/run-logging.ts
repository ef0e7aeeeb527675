import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { logBatch, logMetric, logParam } from '../../../../src/core/tracking/log-batch.ts';
import { logInputs } from '../../../../src/core/tracking/log-inputs.ts';
import { logModel } from '../../../../src/core/tracking/log-model.ts';
import { logOutputs } from '../../../../src/core/tracking/log-outputs.ts';
import type { LoggedMetric } from '../../../../src/core/tracking/metric-point.ts';
import { deleteRunTag, setRunTag } from '../../../../src/core/tracking/run-tags.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import {
  logBatchSchema,
  logInputsSchema,
  logMetricSchema,
  logModelSchema,
  logOutputsSchema,
  logPairSchema,
  type MetricInput,
  runKeySchema,
} from '../run-requests.ts';

const PATH = '/2.0/mlflow/runs';

const metricOf = ({
  key,
  value,
  timestamp,
  step,
  model_id,
  dataset_name,
  dataset_digest,
}: MetricInput): LoggedMetric =>
  model_id === undefined
    ? { key, value, timestamp, step }
    : { key, value, timestamp, step, modelId: model_id, datasetName: dataset_name, datasetDigest: dataset_digest };

async function metric({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, ...fields } = parseRequest(logMetricSchema, input);
  await logMetric(ports, run_id, metricOf(fields));
  return {};
}

async function parameter({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, key, value } = parseRequest(logPairSchema, input);
  await logParam(ports, run_id, { key, value });
  return {};
}

async function batch({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, metrics, params, tags } = parseRequest(logBatchSchema, input);
  await logBatch(ports, run_id, { metrics: metrics.map(metricOf), params, tags });
  return {};
}

async function inputs({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, datasets, models } = parseRequest(logInputsSchema, input);
  await logInputs(ports, run_id, {
    datasets: datasets.map(({ dataset: { source_type, schema, profile, ...dataset }, tags }) => ({
      ...dataset,
      sourceType: source_type,
      ...(schema !== undefined && { schema }),
      ...(profile !== undefined && { profile }),
      tags,
    })),
    modelIds: models.map(({ model_id }) => model_id),
  });
  return {};
}

async function outputs({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, models } = parseRequest(logOutputsSchema, input);
  await logOutputs(
    ports,
    run_id,
    models.map(({ model_id, step }) => ({ modelId: model_id, step })),
  );
  return {};
}

async function model({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, model_json } = parseRequest(logModelSchema, input);
  await logModel(ports, run_id, model_json);
  return {};
}

async function setTag({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, key, value } = parseRequest(logPairSchema, input);
  await setRunTag(ports, run_id, { key, value });
  return {};
}

async function deleteTag({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, key } = parseRequest(runKeySchema, input);
  await deleteRunTag(ports, run_id, key);
  return {};
}

/** What runs log while they run. */
export const runLoggingRoutes: readonly MlflowRoute[] = [
  { method: 'POST', path: `${PATH}/log-metric`, right: 'track', handle: metric },
  { method: 'POST', path: `${PATH}/log-parameter`, right: 'track', handle: parameter },
  { method: 'POST', path: `${PATH}/log-batch`, right: 'track', handle: batch },
  { method: 'POST', path: `${PATH}/log-inputs`, right: 'track', handle: inputs },
  { method: 'POST', path: `${PATH}/outputs`, right: 'track', handle: outputs },
  { method: 'POST', path: `${PATH}/log-model`, right: 'track', handle: model },
  { method: 'POST', path: `${PATH}/set-tag`, right: 'track', handle: setTag },
  { method: 'POST', path: `${PATH}/delete-tag`, right: 'track', handle: deleteTag },
];
