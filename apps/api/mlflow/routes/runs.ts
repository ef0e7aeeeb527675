import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { createRun } from '../../../../src/core/tracking/create-run.ts';
import { deleteRun, restoreRun } from '../../../../src/core/tracking/delete-run.ts';
import { logBatch, logMetric, logParam } from '../../../../src/core/tracking/log-batch.ts';
import { logInputs } from '../../../../src/core/tracking/log-inputs.ts';
import { logModel } from '../../../../src/core/tracking/log-model.ts';
import { logOutputs } from '../../../../src/core/tracking/log-outputs.ts';
import type { LoggedMetric } from '../../../../src/core/tracking/metric-point.ts';
import { readRun } from '../../../../src/core/tracking/read-run.ts';
import { runInfoJson, runJson } from '../../../../src/core/tracking/run-json.ts';
import { deleteRunTag, setRunTag } from '../../../../src/core/tracking/run-tags.ts';
import { searchRuns } from '../../../../src/core/tracking/search-runs.ts';
import { updateRun } from '../../../../src/core/tracking/update-run.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import {
  createRunSchema,
  logBatchSchema,
  logInputsSchema,
  logMetricSchema,
  logModelSchema,
  logOutputsSchema,
  logPairSchema,
  runKeySchema,
  runSchema,
  searchRunsSchema,
  updateRunSchema,
} from '../run-requests.ts';
import { trackingActor } from '../tracking-fields.ts';

const PATH = '/2.0/mlflow/runs';

const runIdOf = ({ input }: MlflowCall): string => parseRequest(runSchema, input).run_id;

interface MetricInput {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  readonly model_id?: string | undefined;
  readonly dataset_name?: string | undefined;
  readonly dataset_digest?: string | undefined;
}

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

async function create({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_id, user_id, start_time, run_name, tags } = parseRequest(createRunSchema, input);
  const pairs = tags.map(([key, value]) => ({ key, value }));
  const wish = { experimentId: experiment_id, user: user_id, startTime: start_time, name: run_name, tags: pairs };
  return { run: runJson(await createRun(ports, wish), 'new') };
}

async function get(call: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  return { run: runJson((await readRun(ledger, runIdOf(call))).run, 'whole') };
}

async function update({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { run_id, status, end_time, run_name } = parseRequest(updateRunSchema, input);
  return { run_info: runInfoJson(await updateRun(ports, run_id, { status, endTime: end_time, name: run_name })) };
}

async function remove(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  await deleteRun(ports, trackingActor(call, ports), runIdOf(call));
  return {};
}

async function restore(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  await restoreRun(ports, trackingActor(call, ports), runIdOf(call));
  return {};
}

/** The runs' texts are made once and kept: an answer of a hundred runs is only put together. */
async function search({ input }: MlflowCall, ports: MlflowPorts): Promise<Response> {
  const asked = parseRequest(searchRunsSchema, input);
  const { runs, nextPageToken } = await searchRuns(ports, {
    experimentIds: asked.experiment_ids,
    view: asked.run_view_type,
    filter: asked.filter,
    orderBy: asked.order_by,
    maxResults: asked.max_results,
    pageToken: asked.page_token,
  });
  const parts = [
    ...(runs.length > 0 ? [`"runs":[${runs.map((run) => run.json()).join(',')}]`] : []),
    ...(nextPageToken === undefined ? [] : [`"next_page_token":${JSON.stringify(nextPageToken)}`]),
  ];
  return new Response(`{${parts.join(',')}}`, { headers: { 'content-type': 'application/json' } });
}

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

/** Runs, with what they log. */
export const runRoutes: readonly MlflowRoute[] = [
  { method: 'POST', path: `${PATH}/create`, right: 'track', handle: create },
  { method: 'GET', path: `${PATH}/get`, right: 'read', handle: get },
  { method: 'POST', path: `${PATH}/update`, right: 'track', handle: update },
  { method: 'POST', path: `${PATH}/delete`, right: 'track', handle: remove },
  { method: 'POST', path: `${PATH}/restore`, right: 'track', handle: restore },
  { method: 'POST', path: `${PATH}/search`, right: 'read', handle: search },
  { method: 'POST', path: `${PATH}/log-metric`, right: 'track', handle: metric },
  { method: 'POST', path: `${PATH}/log-parameter`, right: 'track', handle: parameter },
  { method: 'POST', path: `${PATH}/log-batch`, right: 'track', handle: batch },
  { method: 'POST', path: `${PATH}/log-inputs`, right: 'track', handle: inputs },
  { method: 'POST', path: `${PATH}/outputs`, right: 'track', handle: outputs },
  { method: 'POST', path: `${PATH}/log-model`, right: 'track', handle: model },
  { method: 'POST', path: `${PATH}/set-tag`, right: 'track', handle: setTag },
  { method: 'POST', path: `${PATH}/delete-tag`, right: 'track', handle: deleteTag },
];
