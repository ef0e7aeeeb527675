import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { createRun } from '../../../../src/core/tracking/create-run.ts';
import { deleteRun, restoreRun } from '../../../../src/core/tracking/delete-run.ts';
import { readRun } from '../../../../src/core/tracking/read-run.ts';
import { runInfoJson, runJson } from '../../../../src/core/tracking/run-json.ts';
import { searchRuns } from '../../../../src/core/tracking/search-runs.ts';
import { updateRun } from '../../../../src/core/tracking/update-run.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import { createRunSchema, runSchema, searchRunsSchema, updateRunSchema } from '../run-requests.ts';
import { trackingActor } from '../tracking-fields.ts';
import { runLoggingRoutes } from './run-logging.ts';

const PATH = '/2.0/mlflow/runs';

const runIdOf = ({ input }: MlflowCall): string => parseRequest(runSchema, input).run_id;

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

/** Runs, with what they log. */
export const runRoutes: readonly MlflowRoute[] = [
  { method: 'POST', path: `${PATH}/create`, right: 'track', handle: create },
  { method: 'GET', path: `${PATH}/get`, right: 'read', handle: get },
  { method: 'POST', path: `${PATH}/update`, right: 'track', handle: update },
  { method: 'POST', path: `${PATH}/delete`, right: 'track', handle: remove },
  { method: 'POST', path: `${PATH}/restore`, right: 'track', handle: restore },
  { method: 'POST', path: `${PATH}/search`, right: 'read', handle: search },
  ...runLoggingRoutes,
];
