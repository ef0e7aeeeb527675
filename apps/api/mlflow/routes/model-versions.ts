import * as z from 'zod';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import {
  deleteVersionTag,
  describeVersion,
  readLiveVersion,
  setVersionTag,
} from '../../../../src/core/registry/change-version.ts';
import { createVersion } from '../../../../src/core/registry/create-version.ts';
import { deleteVersion } from '../../../../src/core/registry/delete-registered.ts';
import { readVersion } from '../../../../src/core/registry/model-version.ts';
import { versionJson } from '../../../../src/core/registry/registry-json.ts';
import { searchVersions } from '../../../../src/core/registry/search-versions.ts';
import { trackingSources } from '../../../../src/core/registry/tracking-sources.ts';
import { transitionStage } from '../../../../src/core/registry/transition-stage.ts';
import { pageJson } from '../page-json.ts';
import { parseRequest } from '../parse-request.ts';
import { registryWish } from '../registry-wish.ts';
import { flag, limit, optionalText, requiredText, tagList, textList, textOrEmpty } from '../request-fields.ts';
import type { MlflowPorts, MlflowRoute } from '../route.ts';

const BASE = '/2.0/mlflow/model-versions';

const named = z.object({ name: requiredText, version: requiredText });
const created = z.object({
  name: requiredText,
  source: requiredText,
  run_id: optionalText,
  tags: tagList,
  run_link: textOrEmpty,
  description: textOrEmpty,
  model_id: optionalText,
});
const updated = named.extend({ description: optionalText });
const located = z.object({ name: textOrEmpty, version: textOrEmpty });
const searched = z.object({
  filter: optionalText,
  max_results: limit(10_000, 200_000),
  order_by: textList,
  page_token: optionalText,
});
const staged = named.extend({ stage: requiredText, archive_existing_versions: flag });
const tagged = named.extend({ key: requiredText, value: textOrEmpty });
const untagged = named.extend({ key: requiredText });

async function shown({ ledger }: MlflowPorts, name: string, version: string): Promise<JsonObject> {
  const { model, live, aliases } = await readLiveVersion(ledger, name, version);
  return { model_version: versionJson(model, live, aliases) };
}

/** Versions of registered models, their stages and tags. */
export const modelVersionRoutes: readonly MlflowRoute[] = [
  {
    method: 'POST',
    path: `${BASE}/create`,
    right: 'register',
    async handle(call, ports) {
      const request = parseRequest(created, call.input);
      const { name, source, run_id: runId, model_id: modelId, run_link: runLink, description, tags } = request;
      const wish = { ...registryWish(call, ports), name, source, runId, modelId, runLink, description, tags };
      const { version } = await createVersion(wish, { ...ports, sources: trackingSources(ports) });
      return shown(ports, name, String(version));
    },
  },
  {
    method: 'GET',
    path: `${BASE}/get`,
    right: 'read',
    async handle(call, ports) {
      const { name, version } = parseRequest(named, call.input);
      return shown(ports, name, version);
    },
  },
  {
    method: 'PATCH',
    path: `${BASE}/update`,
    right: 'register',
    async handle(call, ports) {
      const { name, version, description = null } = parseRequest(updated, call.input);
      await describeVersion({ ...registryWish(call, ports), name, version, description }, ports);
      return shown(ports, name, version);
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/delete`,
    right: 'register',
    async handle(call, ports) {
      await deleteVersion({ ...registryWish(call, ports), ...parseRequest(named, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'GET',
    path: `${BASE}/search`,
    right: 'read',
    async handle(call, { ledger }) {
      const { filter, max_results: maxResults, order_by: orderBy, page_token } = parseRequest(searched, call.input);
      const page = await searchVersions(ledger, { filter, maxResults, orderBy, pageToken: page_token });
      return pageJson('model_versions', page.items, page.next);
    },
  },
  {
    method: 'GET',
    path: `${BASE}/get-download-uri`,
    right: 'read',
    async handle(call, { ledger }) {
      const { name, version } = parseRequest(located, call.input);
      return { artifact_uri: (await readVersion(ledger, name, version)).version.storage };
    },
  },
  {
    method: 'POST',
    path: `${BASE}/transition-stage`,
    right: 'label',
    async handle(call, ports) {
      const { name, version, stage, archive_existing_versions } = parseRequest(staged, call.input);
      const wish = { ...registryWish(call, ports), name, version, stage, archiveExisting: archive_existing_versions };
      await transitionStage(wish, ports);
      return shown(ports, name, version);
    },
  },
  {
    method: 'POST',
    path: `${BASE}/set-tag`,
    right: 'register',
    async handle(call, ports) {
      await setVersionTag({ ...registryWish(call, ports), ...parseRequest(tagged, call.input) }, ports);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/delete-tag`,
    right: 'register',
    async handle(call, ports) {
      await deleteVersionTag({ ...registryWish(call, ports), ...parseRequest(untagged, call.input) }, ports);
      return {};
    },
  },
];
