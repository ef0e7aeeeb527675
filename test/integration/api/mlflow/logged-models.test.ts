import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MlflowPorts } from '../../../../apps/api/mlflow/route.ts';
import { artifactRoutes } from '../../../../apps/api/mlflow/routes/artifacts.ts';
import { loggedModelRoutes } from '../../../../apps/api/mlflow/routes/logged-models.ts';
import { createFileArtifactStore } from '../../../../src/adapters/local/file-artifact-store.ts';
import { systemRandom } from '../../../../src/adapters/local/system-random.ts';
import { epochMillis } from '../../../../src/core/ports/clock.ts';
import { loggedModelMetrics } from '../../../../src/core/tracking/logged-model-metrics.ts';
import { createMemoryLedger } from '../../../support/memory-ledger.ts';
import { jsonOf, jsonRequest, mountMlflowRoutes } from '../../../support/mount-mlflow-routes.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const ROOT = '/api/2.0/mlflow/logged-models';

function open() {
  let now = 1_000;
  const ports = {
    ledger: createMemoryLedger(),
    artifactStore: createFileArtifactStore(join(temporaryDirectory(), 'artifacts')),
    wallClock: { now: () => epochMillis(now++) },
    random: systemRandom(),
  } as unknown as MlflowPorts;
  const app = mountMlflowRoutes([...loggedModelRoutes, ...artifactRoutes], ports);
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : jsonRequest(method, body);
    const answer = await app.request(`${ROOT}${path}`, init);
    return { status: answer.status, json: await jsonOf(answer) };
  };
  const create = async (fields = {}) =>
    (await call('POST', '', { experiment_id: '0', name: 'm', ...fields })).json.model.info;
  return { ports, app, call, create };
}

describe('logged models through the API', () => {
  test('are created and read as the genuine server gives them', async () => {
    const { call } = open();
    const fields = {
      experiment_id: '0',
      name: 'm1',
      model_type: 'Agent',
      source_run_id: 'abc',
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 't', value: 'x' }],
    };
    const created = await call('POST', '', fields);
    const id = created.json.model.info.model_id;
    const at = expect.any(Number);
    expect(created).toEqual({
      status: 200,
      json: {
        model: {
          info: {
            model_id: id,
            experiment_id: '0',
            name: 'm1',
            creation_timestamp_ms: at,
            last_updated_timestamp_ms: at,
            artifact_uri: `mlflow-artifacts:/0/models/${id}/artifacts`,
            status: 'LOGGED_MODEL_PENDING',
            model_type: 'Agent',
            source_run_id: 'abc',
            tags: [{ key: 't', value: 'x' }],
          },
          data: { params: [{ key: 'p', value: '1' }] },
        },
      },
    });
    expect(await call('GET', `/${id}`)).toEqual(created);
    expect((await call('POST', '', { experiment_id: '0' })).json.model).toMatchObject({
      info: { name: expect.stringMatching(/^[a-z]+-[a-z]+-\d+$/), model_type: '', source_run_id: '' },
      data: {},
    });
  });

  test.each([
    [
      {},
      400,
      "Missing value for required parameter 'experiment_id'. See the API docs for more information about request parameters.",
    ],
    [{ experiment_id: 0 }, 400, /^Invalid value 0 for parameter 'experiment_id' supplied/],
    [{ experiment_id: '0', name: 7 }, 400, /^Invalid value 7 for parameter 'name' supplied/],
    [{ experiment_id: '0', params: 'x' }, 400, /^Invalid value "x" for parameter 'params' supplied/],
    [{ experiment_id: '77' }, 404, 'No Experiment with id=77 exists'],
    [{ experiment_id: 'abc' }, 400, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
    [{ experiment_id: '0', name: 'a/b' }, 400, /^Invalid model name \('a\/b'\) provided/],
  ])('are not created from %j', async (body, status, message) => {
    const { call } = open();
    const answer = await call('POST', '', body);
    expect(answer.status).toBe(status);
    expect(answer.json.message).toMatch(message);
  });

  test.each([
    ['LOGGED_MODEL_READY', 'LOGGED_MODEL_READY'],
    [2, 'LOGGED_MODEL_READY'],
    ['3', 'LOGGED_MODEL_UPLOAD_FAILED'],
    ['LOGGED_MODEL_UPLOAD_FAILED', 'LOGGED_MODEL_UPLOAD_FAILED'],
    ['anything', 'LOGGED_MODEL_STATUS_UNSPECIFIED'],
    [9, 'LOGGED_MODEL_STATUS_UNSPECIFIED'],
  ])('are finalised with %s as %s', async (status, shown) => {
    const { call, create } = open();
    const { model_id, last_updated_timestamp_ms: before } = await create();
    const { json } = await call('PATCH', `/${model_id}`, { model_id, status });
    expect(json.model.info.status).toBe(shown);
    expect(json.model.info.last_updated_timestamp_ms).toBeGreaterThan(before);
  });

  test('are not finalised without a status, an id, or a model', async () => {
    const { call, create } = open();
    const { model_id } = await create();
    expect((await call('PATCH', `/${model_id}`, { model_id })).json.message).toMatch("required parameter 'status'");
    expect((await call('PATCH', `/${model_id}`, { status: 2 })).json.message).toMatch("required parameter 'model_id'");
    expect((await call('PATCH', '/none', { model_id: 'none', status: 2 })).status).toBe(404);
  });

  test('take parameters and tags, and lose a tag', async () => {
    const { call, create } = open();
    const { model_id } = await create();
    expect(await call('POST', `/${model_id}/params`, { model_id, params: [{ key: 'a', value: '1' }] })).toEqual({
      status: 200,
      json: {},
    });
    const again = await call('POST', `/${model_id}/params`, { model_id, params: [{ key: 'a', value: '2' }] });
    expect([again.status, again.json.error_code]).toEqual([400, 'BAD_REQUEST']);
    expect((await call('POST', `/${model_id}/params`, { params: [] })).status).toBe(400);
    expect((await call('POST', `/${model_id}/params`, { model_id })).json).toEqual({});
    expect(
      await call('PATCH', `/${model_id}/tags`, {
        tags: [
          { key: 'a b/c', value: '1' },
          { key: 't', value: '' },
        ],
      }),
    ).toEqual({ status: 200, json: {} });
    expect((await call('DELETE', `/${model_id}/tags/${encodeURIComponent('a b/c')}`)).json).toEqual({});
    expect((await call('DELETE', `/${model_id}/tags/zz`)).json.message).toBe(
      `No tag with key 'zz' found for model with ID '${model_id}'.`,
    );
    const { model } = (await call('GET', `/${model_id}`)).json;
    expect([model.info.tags, model.data]).toEqual([[{ key: 't', value: '' }], { params: [{ key: 'a', value: '1' }] }]);
  });

  test('are deleted, and seen by who asks for deleted ones', async () => {
    const { call, create } = open();
    const { model_id } = await create();
    expect(await call('DELETE', `/${model_id}`)).toEqual({ status: 200, json: {} });
    expect(await call('GET', `/${model_id}`)).toEqual({
      status: 404,
      json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Logged model with ID '${model_id}' not found.` },
    });
    expect((await call('GET', `/${model_id}?allow_deleted=true`)).json.model.info.model_id).toBe(model_id);
    expect((await call('POST', '/search', { experiment_ids: ['0'] })).json).toEqual({});
    expect((await call('DELETE', '/none')).status).toBe(404);
  });

  test('show the metrics that runs logged for them', async () => {
    const { call, create, ports } = open();
    const { model_id } = await create();
    await loggedModelMetrics(ports, 'run', [
      { key: 'acc', value: 0.5, timestamp: 10, step: 1, modelId: model_id, datasetName: 'd', datasetDigest: 'g' },
    ]);
    const shown = {
      key: 'acc',
      value: 0.5,
      timestamp: 10,
      step: 1,
      dataset_name: 'd',
      dataset_digest: 'g',
      model_id,
      run_id: 'run',
    };
    expect((await call('GET', `/${model_id}`)).json.model.data).toEqual({ metrics: [shown] });
  });

  test('are searched by filter, order and page', async () => {
    const { call, create, ports } = open();
    for (const [name, value] of Object.entries({ a: 0.1, b: 0.3, c: 0.2 })) {
      const { model_id } = await create({ name });
      await loggedModelMetrics(ports, 'run', [{ key: 'acc', value, timestamp: 1, step: 0, modelId: model_id }]);
    }
    const asked = {
      experiment_ids: ['0'],
      filter: 'metrics.acc > 0.15',
      order_by: [{ field_name: 'metrics.acc', ascending: false }],
      max_results: 1,
    };
    const first = await call('POST', '/search', asked);
    expect(first.json.models.map(({ info }: { info: { name: string } }) => info.name)).toEqual(['b']);
    const second = await call('POST', '/search', { ...asked, page_token: first.json.next_page_token });
    expect(second.json.models[0].info.name).toBe('c');
    expect(second.json.next_page_token).toBe(undefined);
    expect((await call('POST', '/search', { experiment_ids: ['0'], datasets: [{ dataset_name: 'd' }] })).json).toEqual(
      {},
    );
  });

  test.each([
    [{}, "Missing value for required parameter 'experiment_ids'"],
    [{ experiment_ids: [0] }, "parameter 'experiment_ids"],
    [{ experiment_ids: ['x'] }, "Invalid experiment ID 'x'"],
    [{ experiment_ids: ['0'], order_by: ['name'] }, 'Invalid order by field name: '],
    [{ experiment_ids: ['0'], order_by: [{ field_name: 'params.x' }] }, 'Only metrics are supported'],
    [
      { experiment_ids: ['0'], datasets: [{ dataset_digest: 'g' }] },
      '`dataset_name` in the `datasets` clause must be specified.',
    ],
    [{ experiment_ids: ['0'], page_token: 'xx' }, 'Invalid page token'],
    [{ experiment_ids: ['0'], max_results: -1 }, 'max_results'],
  ])('are not searched by %j', async (body, message) => {
    const { call } = open();
    const answer = await call('POST', '/search', body);
    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(answer.json.message).toContain(message);
  });

  test('list and give their files', async () => {
    const { app, call, create } = open();
    const { model_id, artifact_uri } = await create();
    const under = `/api/2.0/mlflow-artifacts/artifacts/0/models/${model_id}/artifacts`;
    for (const path of ['MLmodel', 'data/model.pkl'])
      await app.request(`${under}/${path}`, { method: 'PUT', body: path });
    expect((await call('GET', `/${model_id}/artifacts/directories`)).json).toEqual({
      root_uri: artifact_uri,
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 7 },
        { path: 'data', is_dir: true },
      ],
    });
    expect((await call('GET', `/${model_id}/artifacts/directories?artifact_directory_path=data`)).json.files).toEqual([
      { path: 'data/model.pkl', is_dir: false, file_size: 14 },
    ]);
    expect((await call('GET', `/${model_id}/artifacts/directories?artifact_directory_path=none`)).json).toEqual({
      root_uri: artifact_uri,
    });
    const file = await app.request(`${ROOT}/${model_id}/artifacts/files?artifact_file_path=data/model.pkl`);
    expect(await file.text()).toBe('data/model.pkl');
    for (const way of ['directories?artifact_directory_path=..%2Fx', 'files?artifact_file_path=%252e%252e%2Fx']) {
      expect((await call('GET', `/${model_id}/artifacts/${way}`)).json.message).toBe('Invalid path');
    }
    expect((await call('GET', `/${model_id}/artifacts/files`)).json.message).toBe(
      'Request must include the "artifact_file_path" query parameter.',
    );
    expect((await call('GET', '/none/artifacts/directories')).status).toBe(404);
  });
});
