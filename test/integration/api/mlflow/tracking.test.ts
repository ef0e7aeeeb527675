import { describe, expect, test } from 'vitest';
import type { MlflowPorts } from '../../../../apps/api/mlflow/route.ts';
import { experimentRoutes } from '../../../../apps/api/mlflow/routes/experiments.ts';
import { loggedModelRoutes } from '../../../../apps/api/mlflow/routes/logged-models.ts';
import { metricRoutes } from '../../../../apps/api/mlflow/routes/metrics.ts';
import { runRoutes } from '../../../../apps/api/mlflow/routes/runs.ts';
import { jsonOf, jsonRequest, mountMlflowRoutes } from '../../../support/mount-mlflow-routes.ts';
import { temporarySqliteLedger, trackingDesk } from '../../../support/tracking-desk.ts';

const ROOT = '/api/2.0/mlflow';

function open() {
  const { ports } = trackingDesk(temporarySqliteLedger());
  const routes = [...experimentRoutes, ...runRoutes, ...metricRoutes, ...loggedModelRoutes];
  const app = mountMlflowRoutes(routes, ports as MlflowPorts);
  const get = async (path: string, root = ROOT) => {
    const answer = await app.request(`${root}/${path}`);
    return { status: answer.status, json: await jsonOf(answer) };
  };
  const post = async (path: string, body: unknown) => {
    const answer = await app.request(`${ROOT}/${path}`, jsonRequest('POST', body));
    return { status: answer.status, json: await jsonOf(answer) };
  };
  const create = async (fields = {}) =>
    (await post('runs/create', { experiment_id: '0', ...fields })).json.run.info.run_id;
  return { app, get, post, create };
}

const error = (status: number, error_code: string, message: unknown = expect.any(String)) => ({
  status,
  json: { error_code, message },
});
const missing = (name: string) =>
  `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`;

describe('experiments through the API', () => {
  test('are created, read, renamed, tagged, deleted and restored as by the genuine server', async () => {
    const { get, post } = open();
    const { json } = await post('experiments/create', { name: 'a', tags: [{ key: 't', value: '1' }] });
    const experiment_id = json.experiment_id;
    const at = expect.any(Number);
    const experiment = {
      experiment_id,
      name: 'a',
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      lifecycle_stage: 'active',
      creation_time: at,
      last_update_time: at,
      tags: [{ key: 't', value: '1' }],
      workspace: 'default',
    };
    expect(await get(`experiments/get?experiment_id=${experiment_id}`)).toEqual({ status: 200, json: { experiment } });
    expect((await get('experiments/get-by-name?experiment_name=a')).json).toEqual({ experiment });
    const steps: readonly [string, object][] = [
      ['update', { experiment_id, new_name: 'b' }],
      ['set-experiment-tag', { experiment_id, key: 'k', value: 'v' }],
      ['delete-experiment-tag', { experiment_id, key: 't' }],
      ['delete', { experiment_id }],
      ['restore', { experiment_id }],
    ];
    for (const [step, body] of steps)
      expect(await post(`experiments/${step}`, body)).toEqual({ status: 200, json: {} });
    const after = { ...experiment, name: 'b', tags: [{ key: 'k', value: 'v' }] };
    expect((await get('experiments/get-by-name?experiment_name=b')).json).toEqual({ experiment: after });
  });

  test('are searched by GET and POST, page by page', async () => {
    const { get, post } = open();
    const first = await post('experiments/search', { max_results: 1, order_by: ['name'], view_type: 'ALL' });
    expect(first.json).toMatchObject({
      experiments: [{ name: 'Ares_Trading' }],
      next_page_token: 'eyJvZmZzZXQiOiAxfQ==',
    });
    const query = 'experiments/search?max_results=1&order_by=name&view_type=1&page_token=eyJvZmZzZXQiOiAxfQ==';
    const second = await get(query);
    expect(second.json.experiments[0].name).toBe('Default');
    expect(second.json).not.toHaveProperty('next_page_token');
    expect((await get("experiments/search?max_results=5&filter=name='none'")).json).toEqual({});
  });

  test.each([
    ['experiments/create', {}, 400, 'INVALID_PARAMETER_VALUE', missing('name')],
    ['experiments/create', { name: '' }, 400, 'INVALID_PARAMETER_VALUE', missing('name')],
    [
      'experiments/create',
      { name: 'Default' },
      400,
      'RESOURCE_ALREADY_EXISTS',
      'Experiment(name=Default) already exists.',
    ],
    [
      'experiments/search',
      {},
      400,
      'INVALID_PARAMETER_VALUE',
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ],
    ['experiments/delete', { experiment_id: '9' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'No Experiment with id=9 exists'],
    ['experiments/update', { experiment_id: '0' }, 400, 'INVALID_PARAMETER_VALUE', missing('new_name')],
  ] as const)('%s refuses %j', async (path, body, status, code, message) => {
    expect(await open().post(path, body)).toEqual(error(status, code, message));
  });
});

describe('runs through the API', () => {
  test('give back what was logged, in the shape of the genuine server', async () => {
    const { get, post, create } = open();
    const start = { start_time: 1_700_000_000_000, user_id: 'me', run_name: 'n', tags: [{ key: 'x', value: 'y' }] };
    const run_id = await create(start);
    const steps: readonly [string, object][] = [
      ['log-metric', { run_id, key: 'm', value: 'NaN', timestamp: 1, step: 2 }],
      ['log-metric', { run_id, key: 'i', value: 'Infinity', timestamp: '1', step: -2 }],
      ['log-parameter', { run_id, key: 'p', value: '1' }],
      ['set-tag', { run_uuid: run_id, key: 'k', value: 'v' }],
      ['log-batch', { run_id, metrics: [{ key: 'a', value: 1, timestamp: 5 }], tags: [{ key: 'gone' }] }],
      ['delete-tag', { run_id, key: 'gone' }],
      [
        'log-inputs',
        {
          run_id,
          datasets: [{ dataset: { name: 'd', digest: '1', source_type: 's', source: 'u' } }],
          models: [{ model_id: 'm-1' }],
        },
      ],
      ['outputs', { run_id, models: [{ model_id: 'm-2', step: '3' }] }],
    ];
    for (const [step, body] of steps)
      expect([step, await post(`runs/${step}`, body)]).toEqual([step, { status: 200, json: {} }]);
    const info = {
      run_uuid: run_id,
      run_id,
      experiment_id: '0',
      run_name: 'n',
      user_id: 'me',
      status: 'FINISHED',
      start_time: 1_700_000_000_000,
      end_time: 1_700_000_000_001,
      artifact_uri: `mlflow-artifacts:/0/${run_id}/artifacts`,
      lifecycle_stage: 'active',
    };
    const update = { run_id, status: 'FINISHED', end_time: 1_700_000_000_001 };
    expect((await post('runs/update', update)).json).toEqual({ run_info: info });
    const data = {
      metrics: [
        { key: 'a', value: 1, timestamp: 5, step: 0 },
        { key: 'i', value: 1.7976931348623157e308, timestamp: 1, step: -2 },
        { key: 'm', value: 'NaN', timestamp: 1, step: 2 },
      ],
      params: [{ key: 'p', value: '1' }],
      tags: [
        { key: 'k', value: 'v' },
        { key: 'mlflow.runName', value: 'n' },
        { key: 'x', value: 'y' },
      ],
    };
    const dataset_inputs = [{ dataset: { name: 'd', digest: '1', source_type: 's', source: 'u' } }];
    const outputs = { model_outputs: [{ model_id: 'm-2', step: 3 }] };
    const run = { info, data, inputs: { dataset_inputs, model_inputs: [{ model_id: 'm-1' }] }, outputs };
    expect((await get(`runs/get?run_id=${run_id}`)).json).toEqual({ run });
    const found = await post('runs/search', { experiment_ids: ['0'], filter: "params.p = '1'" });
    expect(found.json).toEqual({ runs: [{ ...run, inputs: { dataset_inputs } }] });
  });

  test('are deleted, found among the deleted, and restored; a search with nothing is an empty object', async () => {
    const { post, create } = open();
    const run_id = await create();
    expect(await post('runs/delete', { run_id })).toEqual({ status: 200, json: {} });
    expect(await post('runs/search', { experiment_ids: ['0'] })).toEqual({ status: 200, json: {} });
    const deleted = await post('runs/search', { experiment_ids: ['0'], run_view_type: 'DELETED_ONLY' });
    expect(deleted.json.runs).toMatchObject([{ info: { run_id, lifecycle_stage: 'deleted' } }]);
    await post('runs/restore', { run_id });
    const page = await post('runs/search', { experiment_ids: ['0'], max_results: 1 });
    expect(page.json.runs).toHaveLength(1);
    expect(page.json).not.toHaveProperty('next_page_token');
  });

  test('say which page comes next', async () => {
    const { post, create } = open();
    for (let at = 0; at < 3; at++) await create({ start_time: at });
    const first = await post('runs/search', { experiment_ids: ['0'], max_results: 2 });
    expect(first.json.next_page_token).toBe('eyJvZmZzZXQiOiAyfQ==');
    const second = await post('runs/search', {
      experiment_ids: ['0'],
      max_results: 2,
      page_token: first.json.next_page_token,
    });
    expect(second.json.runs).toMatchObject([{ info: { start_time: 0 } }]);
  });

  test('log the metrics of a logged model under that model too', async () => {
    const { get, post, create } = open();
    const run_id = await create();
    const { json } = await post('logged-models', { experiment_id: '0', name: 'm', source_run_id: run_id });
    const { model_id } = json.model.info;
    const metric = { key: 'acc', value: 0.5, timestamp: 1, step: 0, model_id, dataset_name: 'd', dataset_digest: '1' };
    await post('runs/log-batch', { run_id, metrics: [metric] });
    const model = (await get(`logged-models/${model_id}`)).json.model;
    expect(model.data.metrics).toMatchObject([{ key: 'acc', value: 0.5, run_id, dataset_name: 'd' }]);
    expect((await get(`runs/get?run_id=${run_id}`)).json.run.data.metrics).toMatchObject([{ key: 'acc', value: 0.5 }]);
  });

  test.each([
    ['log-metric', { key: 'a', timestamp: 1 }, missing('value')],
    ['log-metric', { key: 'a', value: 1 }, missing('timestamp')],
    ['log-metric', { value: 1, timestamp: 1 }, missing('key')],
    [
      'log-metric',
      { key: 'a', value: 'abc', timestamp: 1 },
      expect.stringMatching(/^Invalid value "abc" for parameter 'value' supplied: /),
    ],
    [
      'log-metric',
      { key: 'a$', value: 1, timestamp: 1 },
      expect.stringMatching(/^Invalid value "a\$" for parameter 'name' supplied: Names may only contain/),
    ],
    ['log-batch', { metrics: [{ key: 's', value: 3 }] }, missing('metrics[0].timestamp')],
    ['log-batch', { params: [{ value: '' }] }, missing('params[0].key')],
    ['log-batch', { tags: 'x' }, expect.stringMatching(/^Invalid value "x" for parameter 'tags' supplied/)],
    ['update', { status: 'WEIRD' }, expect.stringMatching(/^Invalid value "WEIRD" for parameter 'status'/)],
    ['log-model', { model_json: '{}' }, expect.stringMatching(/^Model json is missing mandatory fields/)],
    ['set-tag', { value: '' }, missing('key')],
  ])('%s refuses %j', async (path, fields, message) => {
    const { post, create } = open();
    const answer = await post(`runs/${path}`, { run_id: await create(), ...fields });
    expect(answer).toEqual(error(400, 'INVALID_PARAMETER_VALUE', message));
  });

  test.each(['get?run_id=zz', 'get'])('%s finds none', async (path) => {
    const expected =
      path === 'get'
        ? error(400, 'INVALID_PARAMETER_VALUE', missing('run_id'))
        : error(404, 'RESOURCE_DOES_NOT_EXIST', 'Run with id=zz not found');
    expect(await open().get(`runs/${path}`)).toEqual(expected);
  });
});

describe('histories through the API', () => {
  const set = async () => {
    const opened = open();
    const run_id = await opened.create();
    const metrics = [1, 2, 3].map((step) => ({ key: 'm', value: step === 2 ? 'NaN' : step, timestamp: step, step }));
    await opened.post('runs/log-batch', { run_id, metrics });
    return { ...opened, run_id };
  };
  const point = (step: number) => ({ key: 'm', value: step === 2 ? 'NaN' : step, timestamp: step, step });

  test('come whole or in pages', async () => {
    const { get, run_id } = await set();
    const path = `metrics/get-history?run_id=${run_id}&metric_key=m`;
    expect((await get(path)).json).toEqual({ metrics: [point(1), point(2), point(3)] });
    const first = (await get(`${path}&max_results=2`)).json;
    expect(first).toEqual({ metrics: [point(1), point(2)], next_page_token: 'eyJvZmZzZXQiOiAyfQ==' });
    expect((await get(`${path}&max_results=2&page_token=${first.next_page_token}`)).json).toEqual({
      metrics: [point(3)],
    });
    expect((await get(`metrics/get-history?run_id=${run_id}&metric_key=none`)).json).toEqual({});
  });

  test.each(['/api/2.0/mlflow', '/ajax-api/2.0/mlflow'])('come for several runs under %s', async (root) => {
    const { get, run_id } = await set();
    const bulk = await get(`metrics/get-history-bulk?run_id=${run_id}&run_id=none&metric_key=m&max_results=2`, root);
    expect(bulk.json).toEqual({ metrics: [point(1), point(2)].map((each) => ({ ...each, run_id })) });
    const interval = await get(
      `metrics/get-history-bulk-interval?run_ids=${run_id}&metric_key=m&start_step=2&end_step=9`,
      root,
    );
    expect(interval.json).toEqual({ metrics: [point(2), point(3)].map((each) => ({ ...each, run_id })) });
  });

  test.each([
    ['get-history?metric_key=m&run_id=a&max_results=0', /positive integer/],
    ['get-history-bulk?metric_key=m', /at least one run_id/],
    ['get-history-bulk?run_id=a', /must specify a metric_key/],
    ['get-history-bulk-interval?metric_key=m', /Missing value for required parameter 'run_ids'/],
    ['get-history-bulk-interval?metric_key=m&run_ids=a&max_results=0', /between 1 and 2500/],
    ['get-history-bulk-interval?metric_key=m&run_ids=a&start_step=1', /both must be specified/],
  ])('refuse %s', async (path, message) => {
    expect(await open().get(`metrics/${path}`)).toEqual(
      error(400, 'INVALID_PARAMETER_VALUE', expect.stringMatching(message)),
    );
  });
});
