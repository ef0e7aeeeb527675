import * as z from 'zod';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { createExperiment } from '../../../../src/core/tracking/create-experiment.ts';
import { deleteExperiment, restoreExperiment } from '../../../../src/core/tracking/delete-experiment.ts';
import { experimentJson } from '../../../../src/core/tracking/experiment.ts';
import { deleteExperimentTag, setExperimentTag } from '../../../../src/core/tracking/experiment-tags.ts';
import { readExperiment, readExperimentByName } from '../../../../src/core/tracking/read-experiment.ts';
import { renameExperiment } from '../../../../src/core/tracking/rename-experiment.ts';
import { searchDatasets } from '../../../../src/core/tracking/search-datasets.ts';
import { searchExperiments } from '../../../../src/core/tracking/search-experiments.ts';
import { pageJson } from '../page-json.ts';
import { parseRequest } from '../parse-request.ts';
import { optionalText, requiredText, tagList, textList, textOrEmpty } from '../request-fields.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import { integerOrZero, trackingActor, viewType } from '../tracking-fields.ts';

const PATH = '/2.0/mlflow/experiments';

const oneSchema = z.object({ experiment_id: requiredText });
const tagSchema = z.object({ experiment_id: requiredText, key: requiredText, value: textOrEmpty });
const searchSchema = z.object({
  view_type: viewType,
  max_results: integerOrZero,
  order_by: textList,
  filter: optionalText,
  page_token: optionalText,
});

async function create(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const schema = z.object({ name: requiredText, artifact_location: optionalText, tags: tagList });
  const { name, artifact_location, tags } = parseRequest(schema, call.input);
  const pairs = tags.map(([key, value]) => ({ key, value }));
  const wish = { name, artifactLocation: artifact_location, tags: pairs };
  return { experiment_id: await createExperiment(ports, trackingActor(call, ports), wish) };
}

async function get({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment } = await readExperiment(ports, parseRequest(oneSchema, input).experiment_id);
  return { experiment: experimentJson(experiment) };
}

async function getByName({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_name } = parseRequest(z.object({ experiment_name: requiredText }), input);
  return { experiment: experimentJson(await readExperimentByName(ports, experiment_name)) };
}

async function search({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { view_type, max_results, order_by, filter, page_token } = parseRequest(searchSchema, input);
  const wish = { view: view_type, filter, orderBy: order_by, maxResults: max_results, pageToken: page_token };
  const { experiments, nextPageToken } = await searchExperiments(ports, wish);
  return pageJson('experiments', experiments.map(experimentJson), nextPageToken);
}

async function update(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const schema = z.object({ experiment_id: requiredText, new_name: requiredText });
  const { experiment_id, new_name } = parseRequest(schema, call.input);
  await renameExperiment(ports, trackingActor(call, ports), experiment_id, new_name);
  return {};
}

async function remove(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  await deleteExperiment(ports, trackingActor(call, ports), parseRequest(oneSchema, call.input).experiment_id);
  return {};
}

async function restore(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  await restoreExperiment(ports, trackingActor(call, ports), parseRequest(oneSchema, call.input).experiment_id);
  return {};
}

async function setTag({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_id, key, value } = parseRequest(tagSchema, input);
  await setExperimentTag(ports, experiment_id, { key, value });
  return {};
}

async function deleteTag({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_id, key } = parseRequest(tagSchema, input);
  await deleteExperimentTag(ports, experiment_id, key);
  return {};
}

/** Experiments, which group runs. */
async function datasets({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_ids } = parseRequest(z.object({ experiment_ids: textList }), input);
  const summaries = (await searchDatasets(ports, experiment_ids)).map(({ experimentId, ...dataset }) => ({
    experiment_id: experimentId,
    ...dataset,
  }));
  return pageJson('dataset_summaries', summaries, undefined);
}

export const experimentRoutes: readonly MlflowRoute[] = [
  { method: 'POST', path: `${PATH}/create`, right: 'track', handle: create },
  { method: 'GET', path: `${PATH}/get`, right: 'read', handle: get },
  { method: 'GET', path: `${PATH}/get-by-name`, right: 'read', handle: getByName },
  { method: 'GET', path: `${PATH}/search`, right: 'read', handle: search },
  { method: 'POST', path: `${PATH}/search`, right: 'read', handle: search },
  // Of MLflow's own page, which has no other address for it.
  { method: 'POST', path: `/ajax-api${PATH}/search-datasets`, right: 'read', handle: datasets },
  { method: 'POST', path: `${PATH}/update`, right: 'track', handle: update },
  { method: 'POST', path: `${PATH}/delete`, right: 'track', handle: remove },
  { method: 'POST', path: `${PATH}/restore`, right: 'track', handle: restore },
  { method: 'POST', path: `${PATH}/set-experiment-tag`, right: 'track', handle: setTag },
  { method: 'POST', path: `${PATH}/delete-experiment-tag`, right: 'track', handle: deleteTag },
];
