import * as z from 'zod';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { artifactLocation } from '../../../../src/core/tracking/artifact-location.ts';
import { artifactPath } from '../../../../src/core/tracking/artifact-path.ts';
import { createLoggedModel } from '../../../../src/core/tracking/create-logged-model.ts';
import { LOGGED_MODEL_STATUSES, type LoggedModel } from '../../../../src/core/tracking/logged-model.ts';
import {
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
} from '../../../../src/core/tracking/logged-model-changes.ts';
import { loggedModelJson } from '../../../../src/core/tracking/logged-model-json.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { readExperiment } from '../../../../src/core/tracking/read-experiment.ts';
import { readActiveLoggedModel, readLoggedModel } from '../../../../src/core/tracking/read-logged-model.ts';
import { readLoggedModelMetrics } from '../../../../src/core/tracking/read-logged-model-metrics.ts';
import { searchLoggedModels } from '../../../../src/core/tracking/search-logged-models.ts';
import { filesUnder } from '../artifact-files.ts';
import { createSchema, finalizeSchema, paramsSchema, searchSchema, tagsSchema } from '../logged-model-requests.ts';
import { pageJson } from '../page-json.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import { sendArtifact } from '../send-artifact.ts';

const ALL = '/2.0/mlflow/logged-models';
const ONE = `${ALL}/:model_id`;

const getSchema = z.object({ allow_deleted: z.string().default('false') });
const directorySchema = z.object({ artifact_directory_path: z.string().default('') });
const fileSchema = z.object({ artifact_file_path: z.string().default('') });

const idOf = ({ params }: MlflowCall): string => params.model_id ?? '';

async function shown(model: LoggedModel, { ledger }: MlflowPorts): Promise<JsonObject> {
  const metrics = await readLoggedModelMetrics(ledger, model.experimentId, model.modelId);
  return { model: loggedModelJson(model, metrics.get(model.modelId) ?? []) };
}

async function create({ input }: MlflowCall, ports: MlflowPorts): Promise<JsonObject> {
  const { experiment_id, name, model_type, source_run_id, params, tags } = parseRequest(createSchema, input);
  const { experiment } = await readExperiment(ports, experiment_id);
  const home = {
    experimentId: experiment.id,
    artifactLocation: experiment.artifactLocation,
    lifecycleStage: experiment.stage,
  };
  const fields = { name, modelType: model_type, sourceRunId: source_run_id, params, tags };
  return { model: loggedModelJson(await createLoggedModel(ports, home, fields), []) };
}

async function search({ input }: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  const asked = parseRequest(searchSchema, input);
  const { found, nextPageToken } = await searchLoggedModels(ledger, {
    experimentIds: asked.experiment_ids,
    filter: asked.filter,
    datasets: asked.datasets,
    orderBy: asked.order_by,
    maxResults: asked.max_results,
    pageToken: asked.page_token,
  });
  const models = found.map(({ model, metrics }) => loggedModelJson(model, metrics));
  return pageJson('models', models, nextPageToken);
}

/** Models that MLflow 3 logs as things of their own. */
export const loggedModelRoutes: readonly MlflowRoute[] = [
  { method: 'POST', path: ALL, right: 'track', handle: create },
  { method: 'POST', path: `${ALL}/search`, right: 'read', handle: search },
  {
    method: 'GET',
    path: ONE,
    right: 'read',
    async handle(call, ports) {
      const { allow_deleted } = parseRequest(getSchema, call.input);
      const id = idOf(call);
      if (allow_deleted.toLowerCase() !== 'true') return shown(await readActiveLoggedModel(ports.ledger, id), ports);
      return shown((await readLoggedModel(ports.ledger, id)).model, ports);
    },
  },
  {
    method: 'PATCH',
    path: ONE,
    right: 'track',
    async handle({ input }, ports) {
      // The genuine server goes by the id in the body, which its clients send.
      const { model_id, status } = parseRequest(finalizeSchema, input);
      const known = LOGGED_MODEL_STATUSES.find((name, number) => status === name || Number(status) === number);
      return shown(await finalizeLoggedModel(ports, model_id, known ?? LOGGED_MODEL_STATUSES[0]), ports);
    },
  },
  {
    method: 'DELETE',
    path: ONE,
    right: 'track',
    async handle(call, ports) {
      const id = ports.random.id();
      const command = { id, user: call.caller.user, now: ports.wallClock.now(), sessionId: id };
      await deleteLoggedModel(ports, idOf(call), command);
      return {};
    },
  },
  {
    method: 'POST',
    path: `${ONE}/params`,
    right: 'track',
    async handle(call, ports) {
      await logLoggedModelParams(ports, idOf(call), parseRequest(paramsSchema, call.input).params);
      return {};
    },
  },
  {
    method: 'PATCH',
    path: `${ONE}/tags`,
    right: 'track',
    async handle(call, ports) {
      await setLoggedModelTags(ports, idOf(call), parseRequest(tagsSchema, call.input).tags);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${ONE}/tags/:tag_key`,
    right: 'track',
    async handle(call, ports) {
      await deleteLoggedModelTag(ports, idOf(call), call.params.tag_key ?? '');
      return {};
    },
  },
  {
    method: 'GET',
    path: `${ONE}/artifacts/directories`,
    right: 'read',
    async handle(call, { ledger, artifactStore }) {
      const folder = artifactPath(parseRequest(directorySchema, call.input).artifact_directory_path);
      const { artifactLocation: root } = await readActiveLoggedModel(ledger, idOf(call));
      return filesUnder(artifactStore, root, folder);
    },
  },
  {
    method: 'GET',
    path: `${ONE}/artifacts/files`,
    right: 'read',
    async handle(call, { ledger, artifactStore }) {
      const { artifact_file_path } = parseRequest(fileSchema, call.input);
      if (artifact_file_path === '') {
        throw new MlflowError('BAD_REQUEST', 'Request must include the "artifact_file_path" query parameter.');
      }
      const path = artifactPath(artifact_file_path);
      const { artifactLocation: root } = await readActiveLoggedModel(ledger, idOf(call));
      return sendArtifact(artifactStore, artifactLocation(root, path, artifactStore.directRoot));
    },
  },
];
