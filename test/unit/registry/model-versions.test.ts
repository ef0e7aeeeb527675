import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { createLoggedModel } from '../../../src/core/tracking/create-logged-model.ts';
import { readLoggedModel } from '../../../src/core/tracking/read-logged-model.ts';
import { openRegistryDesk, type RegistryDesk } from '../../support/registry-desk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let desk: RegistryDesk;
beforeEach(async () => {
  desk = openRegistryDesk();
  await desk.call('POST', 'registered-models/create', { name: 'm' });
});

const create = (over: JsonObject = {}) =>
  desk.call('POST', 'model-versions/create', { name: 'm', source: 's3://b/x', ...over });
const stage = (version: string, to: string, archive_existing_versions = false) =>
  desk.call('POST', 'model-versions/transition-stage', { name: 'm', version, stage: to, archive_existing_versions });
const latest = async (stages?: string[]) => {
  const answer = await desk.call('POST', 'registered-models/get-latest-versions', {
    name: 'm',
    ...(stages ? { stages } : {}),
  });
  const versions = (answer.model_versions ?? []) as { version: string; current_stage: string }[];
  return versions.map(({ version, current_stage }) => `${version} ${current_stage}`);
};

describe('versions', () => {
  test('are shown as the genuine server shows them', async () => {
    const answer = await create({ run_link: 'http://x', tags: [{ key: 'a', value: 'b' }] });
    const at = desk.clock.now();
    const shown = {
      name: 'm',
      version: '1',
      creation_timestamp: at,
      last_updated_timestamp: at,
      current_stage: 'None',
      description: '',
      source: 's3://b/x',
      run_id: '',
      status: 'READY',
      tags: [{ key: 'a', value: 'b' }],
      run_link: 'http://x',
    };
    expect(answer).toEqual({ model_version: shown });
    expect(await desk.call('GET', 'model-versions/get', { name: 'm', version: '1' })).toEqual({ model_version: shown });
    const updated = await desk.call('PATCH', 'model-versions/update', { name: 'm', version: '1' });
    const { description: _, ...without } = { ...shown, last_updated_timestamp: desk.clock.now() };
    expect(updated).toEqual({ model_version: without });
  });

  test('never get a number again that was given before', async () => {
    await create();
    await create();
    await desk.call('DELETE', 'model-versions/delete', { name: 'm', version: '2' });
    expect(await create()).toMatchObject({ model_version: { version: '3' } });
    await expect(desk.call('DELETE', 'model-versions/delete', { name: 'm', version: '2' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Model Version (name=m, version=2) not found',
    });
  });

  test('get different numbers when they are created at once, by two processes on one database', async () => {
    const directory = temporaryDirectory();
    const db = openDatabase(directory);
    const other = new DatabaseSync(join(directory, 'ares.db'), { timeout: 5_000 });
    onTestFinished(() => {
      db.close();
      other.close();
    });
    const here = openRegistryDesk(createSqliteLedger(db));
    const there = openRegistryDesk(createSqliteLedger(other));
    await here.call('POST', 'registered-models/create', { name: 'm' });
    const input = { name: 'm', source: 's3://b/x' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? here : there).call('POST', 'model-versions/create', input)),
    );
    const numbers = answers.map(({ model_version }) => Number((model_version as { version: string }).version));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('get different numbers when another client comes between reading and writing', async () => {
    const { ledger } = desk.models;
    let came = false;
    ledger.beforeCommit = async () => {
      if (came) return;
      came = true;
      await create();
    };
    expect(await create()).toMatchObject({ model_version: { version: '2' } });
  });

  test('copied from another version point to it, and to its files', async () => {
    await create();
    await desk.call('POST', 'registered-models/create', { name: 'copy' });
    const copied = await desk.call('POST', 'model-versions/create', { name: 'copy', source: 'models:/m/1' });
    expect(copied).toMatchObject({ model_version: { name: 'copy', version: '1', source: 'models:/m/1' } });
    expect(await desk.call('GET', 'model-versions/get-download-uri', { name: 'copy', version: '1' })).toEqual({
      artifact_uri: 's3://b/x',
    });
    await desk.call('POST', 'registered-models/alias', { name: 'm', alias: 'best', version: '1' });
    expect(await create({ source: 'models:/m@best' })).toMatchObject({ model_version: { source: 'models:/m/1' } });
    await stage('2', 'Staging');
    expect(await create({ source: 'models:/m/staging' })).toMatchObject({ model_version: { source: 'models:/m/2' } });
    expect(await create({ source: 'models:/m/latest' })).toMatchObject({ model_version: { source: 'models:/m/3' } });
  });

  const plain = /an absolute path must be provided without relative path references present/;
  const identify = (name: string) => new RegExp(`The ${name} request parameter must identify the resource`);
  test.each([
    ['/tmp/x', {}, /To use a local path as a model version source, the run_id request parameter/],
    ['/tmp/x', { run_id: 'unknown' }, identify('run_id')],
    ['file:///tmp/x', { model_id: 'm-1' }, identify('model_id')],
    ['s3://b/../x', {}, plain],
    ['s3://b/%2e%2e/x', {}, plain],
    ['s3://b/%252e%252e/x', {}, plain],
    ['s3://b/x?y=/%2e%2e/z', {}, plain],
    ['s3://b/x%00', {}, plain],
    ['s3://b', {}, plain],
    ['s3://b/./x', {}, plain],
    ['weird:x', {}, plain],
    ['runs:/abc/model', {}, identify('run_id')],
    ['runs:/abc/model', { run_id: 'def' }, identify('run_id')],
    ['mlflow-artifacts:/0/abc/artifacts/model', {}, identify('run_id')],
    ['mlflow-artifacts:/0/abc/artifacts/model', { run_id: 'unknown' }, identify('run_id')],
    ['models:/m-1', {}, identify('model_id')],
    ['models:/m-1', { model_id: 'm-2' }, identify('model_id')],
    ['models:/', {}, identify('model_id')],
    ['models://host/m/1', {}, /must use the active model registry/],
    ['http://host/x', {}, /^'source' cannot use the 'http' scheme/],
    ['mlflow-artifacts://host/x', {}, /^'source' cannot use the 'mlflow-artifacts' scheme/],
    ['models:/m@nobody', {}, 'Registered model alias nobody not found.'],
    ['', {}, /^Missing value for required parameter 'source'/],
  ])('are not made of %s with %j', async (source, over, message) => {
    await expect(create({ source, ...over })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  test('must lie in the artifacts of the run they are said to come from', async () => {
    const source = await desk.log('abc', new Uint8Array([1]));
    expect(await desk.createOf('m', source, 'abc')).toMatchObject({ runId: 'abc', storage: source });
    expect(await desk.createOf('m', 'runs:/abc/model', 'abc')).toMatchObject({ storage: 'runs:/abc/model' });
    await desk.log('def', new Uint8Array([1]));
    await expect(desk.createOf('m', source, 'def')).rejects.toMatchObject({
      message: expect.stringMatching(identify('run_id')),
    });
    await expect(desk.createOf('m', 'mlflow-artifacts:/0/abc/artifactsX', 'abc')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    });
  });

  test('are found by name, run, source, tags and number', async () => {
    await desk.log('abc', new Uint8Array([1]));
    await create();
    await desk.createOf('m', 'runs:/abc/model', 'abc', { tags: [['kind', 'tree']] });
    await desk.call('POST', 'registered-models/create', { name: 'n' });
    await desk.createOf('n', 'runs:/abc/model', 'abc');
    const found = async (input: JsonObject) =>
      (
        ((await desk.call('GET', 'model-versions/search', input)).model_versions ?? []) as {
          name: string;
          version: string;
        }[]
      ).map(({ name, version }) => `${name}${version}`);
    expect(await found({})).toEqual(['n1', 'm2', 'm1']);
    expect(await found({ filter: "name='m'", order_by: ['version_number ASC'] })).toEqual(['m1', 'm2']);
    expect(await found({ filter: "run_id = 'abc'" })).toEqual(['n1', 'm2']);
    expect(await found({ filter: "run_id = 'abc' AND name = 'n'" })).toEqual(['n1']);
    expect(await found({ filter: "source_path = 's3://b/x'" })).toEqual(['m1']);
    expect(await found({ filter: "tags.kind = 'tree'" })).toEqual(['m2']);
    expect(await found({ filter: 'version_number > 1' })).toEqual(['m2']);
    const first = await desk.call('GET', 'model-versions/search', { max_results: 2 });
    expect(first).toMatchObject({ next_page_token: 'eyJvZmZzZXQiOiAyfQ==' });
    expect(await found({ max_results: 2, page_token: first.next_page_token as string })).toEqual(['m1']);
    await desk.call('DELETE', 'registered-models/delete', { name: 'n' });
    expect(await found({ filter: "run_id = 'abc'" })).toEqual(['m2']);
    await expect(found({ max_results: 0 })).rejects.toMatchObject({
      message: 'Invalid value for max_results. It must be a positive integer, but got 0',
    });
  });

  test('take and lose tags, which show on them', async () => {
    await create();
    await desk.call('POST', 'model-versions/set-tag', { name: 'm', version: '1', key: 'k', value: 'v' });
    await desk.call('POST', 'model-versions/set-tag', { name: 'm', version: '1', key: 'k2' });
    await desk.call('DELETE', 'model-versions/delete-tag', { name: 'm', version: '1', key: 'k2' });
    expect(await desk.call('GET', 'model-versions/get', { name: 'm', version: '1' })).toMatchObject({
      model_version: { tags: [{ key: 'k', value: 'v' }] },
    });
    await expect(
      desk.call('POST', 'model-versions/set-tag', { name: 'm', version: '1', value: 'v' }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^Missing value for required parameter 'key'/),
    });
    const details = (await desk.models.audit()).at(-1)?.details;
    expect(details).toMatchObject({ name: 'm', version: 1, key: 'k2' });
    expect((await desk.models.audit()).every(({ user }) => user === 'grace')).toBe(true);
  });
});

describe('stages', () => {
  beforeEach(async () => {
    for (let i = 0; i < 5; i++) await create();
  });

  test('have a newest version each, which a version that leaves hands back', async () => {
    expect(await latest()).toEqual(['5 None']);
    expect(await stage('1', 'production')).toMatchObject({ model_version: { current_stage: 'Production' } });
    await stage('3', 'Production');
    await stage('5', 'Staging');
    expect(await latest()).toEqual(['3 Production', '4 None', '5 Staging']);
    expect(await latest(['production', 'None'])).toEqual(['3 Production', '4 None']);
    await stage('3', 'None');
    expect(await latest()).toEqual(['1 Production', '4 None', '5 Staging']);
    await desk.call('DELETE', 'model-versions/delete', { name: 'm', version: '4' });
    expect(await latest()).toEqual(['1 Production', '3 None', '5 Staging']);
  });

  test('are cleared for a version when told so, and only active ones', async () => {
    await stage('1', 'Production');
    await stage('2', 'Production');
    await stage('3', 'Production', true);
    expect(await latest()).toEqual(['2 Archived', '3 Production', '5 None']);
    expect(await desk.call('GET', 'model-versions/get', { name: 'm', version: '1' })).toMatchObject({
      model_version: { current_stage: 'Archived', last_updated_timestamp: desk.clock.now() - 2 },
    });
    await expect(stage('3', 'archived', true)).rejects.toMatchObject({
      code: 'INTERNAL_ERROR',
      message:
        "Model version transition cannot archive existing model versions because 'archived' is not an Active stage. Valid stages are ['Staging', 'Production']",
    });
    await expect(stage('3', 'live')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: 'Invalid Model Version stage: live. Value must be one of None, Staging, Production, Archived.',
    });
    await expect(stage('99', 'Staging')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    expect(await desk.models.auditValid()).toBe(true);
  });
});

describe('a logged model', () => {
  test('is the source of versions, and notes which were made of it as the genuine server does', async () => {
    const { ports } = desk;
    const home = { experimentId: '0', artifactLocation: 'mlflow-artifacts:/0', lifecycleStage: 'active' } as const;
    const wished = { name: 'tree', modelType: '', sourceRunId: 'abc', params: [], tags: [] };
    const { modelId, artifactLocation } = await createLoggedModel(ports, home, wished);
    const answer = await create({ source: `models:/${modelId}`, model_id: modelId });
    expect(answer).toMatchObject({ model_version: { source: `models:/${modelId}`, run_id: 'abc' } });
    await create({ source: `${artifactLocation}/model`, model_id: modelId });
    expect(await desk.call('GET', 'model-versions/get-download-uri', { name: 'm', version: '1' })).toEqual({
      artifact_uri: artifactLocation,
    });
    const { model } = await readLoggedModel(desk.ledger, modelId);
    expect(model.tags).toEqual({
      'mlflow.modelVersions': '[{"name": "m", "version": 1}, {"name": "m", "version": 2}]',
    });
    await expect(create({ source: 'mlflow-artifacts:/0/models/other', model_id: modelId })).rejects.toMatchObject({
      message: expect.stringMatching(/The model_id request parameter must identify/),
    });
  });
});
