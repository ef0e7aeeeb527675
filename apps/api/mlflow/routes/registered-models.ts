import * as z from 'zod';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { deleteAlias, readVersionByAlias, setAlias } from '../../../../src/core/registry/alias.ts';
import { liveAliases } from '../../../../src/core/registry/champion-version.ts';
import {
  describeRegisteredModel,
  renameRegisteredModel,
} from '../../../../src/core/registry/change-registered-model.ts';
import { createRegisteredModel } from '../../../../src/core/registry/create-registered-model.ts';
import { deleteRegisteredModel } from '../../../../src/core/registry/delete-registered.ts';
import { latestVersions } from '../../../../src/core/registry/latest-versions.ts';
import { readRegisteredModel } from '../../../../src/core/registry/registered-model.ts';
import { modelJson, versionJson } from '../../../../src/core/registry/registry-json.ts';
import { describe, searchRegisteredModels } from '../../../../src/core/registry/search-registered-models.ts';
import { parseStage } from '../../../../src/core/registry/stage.ts';
import { deleteModelTag, setModelTag } from '../../../../src/core/registry/tag-registered-model.ts';
import { pageJson } from '../page-json.ts';
import { parseRequest } from '../parse-request.ts';
import { registryWish } from '../registry-wish.ts';
import { limit, optionalText, requiredText, tagList, textList, textOrEmpty } from '../request-fields.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';

const BASE = '/2.0/mlflow/registered-models';

const named = z.object({ name: requiredText });
const created = z.object({ name: requiredText, tags: tagList, description: textOrEmpty });
const updated = z.object({ name: requiredText, description: textOrEmpty });
const renamed = z.object({ name: requiredText, new_name: requiredText });
const searched = z.object({
  filter: optionalText,
  max_results: limit(100, 1_000),
  order_by: textList,
  page_token: optionalText,
});
const staged = z.object({ name: requiredText, stages: textList });
const tagged = z.object({ name: requiredText, key: requiredText, value: textOrEmpty });
const untagged = z.object({ name: requiredText, key: requiredText });
const aliased = z.object({ name: requiredText, alias: requiredText });
const aliasSet = aliased.extend({ version: requiredText });

async function latest(call: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  const { name, stages } = parseRequest(staged, call.input);
  const { model } = await readRegisteredModel(ledger, name);
  const wanted = stages.map(parseStage);
  const [versions, aliases] = await Promise.all([latestVersions(ledger, model), liveAliases(ledger, model)]);
  const found = versions.filter(({ stage }) => wanted.length === 0 || wanted.includes(stage));
  return found.length === 0 ? {} : { model_versions: found.map((live) => versionJson(model, live, aliases)) };
}

/** Registered models, their tags and aliases. */
export const registeredModelRoutes: readonly MlflowRoute[] = [
  {
    method: 'POST',
    path: `${BASE}/create`,
    right: 'register',
    async handle(call, ports) {
      const request = parseRequest(created, call.input);
      const model = await createRegisteredModel({ ...registryWish(call, ports), ...request }, ports);
      return { registered_model: modelJson(model) };
    },
  },
  {
    method: 'GET',
    path: `${BASE}/get`,
    right: 'read',
    async handle(call, { ledger }) {
      const { model } = await readRegisteredModel(ledger, parseRequest(named, call.input).name);
      return { registered_model: await describe(ledger, model) };
    },
  },
  {
    method: 'PATCH',
    path: `${BASE}/update`,
    right: 'register',
    async handle(call, ports) {
      const request = parseRequest(updated, call.input);
      const model = await describeRegisteredModel({ ...registryWish(call, ports), ...request }, ports);
      return { registered_model: await describe(ports.ledger, model) };
    },
  },
  {
    method: 'POST',
    path: `${BASE}/rename`,
    right: 'register',
    async handle(call, ports) {
      const { name, new_name: newName } = parseRequest(renamed, call.input);
      const model = await renameRegisteredModel({ ...registryWish(call, ports), name, newName }, ports);
      return { registered_model: await describe(ports.ledger, model) };
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/delete`,
    right: 'register',
    async handle(call, ports) {
      await deleteRegisteredModel({ ...registryWish(call, ports), ...parseRequest(named, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'GET',
    path: `${BASE}/search`,
    right: 'read',
    async handle(call, { ledger }) {
      const { filter, max_results: maxResults, order_by: orderBy, page_token } = parseRequest(searched, call.input);
      const page = await searchRegisteredModels(ledger, { filter, maxResults, orderBy, pageToken: page_token });
      return pageJson('registered_models', page.items, page.next);
    },
  },
  { method: 'GET', path: `${BASE}/get-latest-versions`, right: 'read', handle: latest },
  { method: 'POST', path: `${BASE}/get-latest-versions`, right: 'read', handle: latest },
  {
    method: 'POST',
    path: `${BASE}/set-tag`,
    right: 'register',
    async handle(call, ports) {
      await setModelTag({ ...registryWish(call, ports), ...parseRequest(tagged, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/delete-tag`,
    right: 'register',
    async handle(call, ports) {
      await deleteModelTag({ ...registryWish(call, ports), ...parseRequest(untagged, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'POST',
    path: `${BASE}/alias`,
    right: 'label',
    async handle(call, ports) {
      await setAlias({ ...registryWish(call, ports), ...parseRequest(aliasSet, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/alias`,
    right: 'label',
    async handle(call, ports) {
      await deleteAlias({ ...registryWish(call, ports), ...parseRequest(aliased, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'GET',
    path: `${BASE}/alias`,
    right: 'read',
    async handle(call, { ledger }) {
      const { name, alias } = parseRequest(aliased, call.input);
      const { model, live, aliases } = await readVersionByAlias(ledger, name, alias);
      return { model_version: versionJson(model, live, aliases) };
    },
  },
];
