import { describe, expect, test } from 'vitest';
import type { MlflowPorts } from '../../../../apps/api/mlflow/route.ts';
import { experimentRoutes } from '../../../../apps/api/mlflow/routes/experiments.ts';
import { metricRoutes } from '../../../../apps/api/mlflow/routes/metrics.ts';
import { runRoutes } from '../../../../apps/api/mlflow/routes/runs.ts';
import { jsonOf, jsonRequest, mountMlflowRoutes } from '../../../support/mount-mlflow-routes.ts';
import { temporarySqliteLedger, trackingDesk } from '../../../support/tracking-desk.ts';

const ROOT = '/api/2.0/mlflow';

function open() {
  const { ports } = trackingDesk(temporarySqliteLedger());
  const app = mountMlflowRoutes([...experimentRoutes, ...runRoutes, ...metricRoutes], ports as MlflowPorts);
  const send = async (path: string, init?: RequestInit) => {
    const answer = await app.request(path, init);
    return { status: answer.status, json: await jsonOf(answer) };
  };
  const post = (path: string, body: unknown) => send(`${ROOT}/${path}`, jsonRequest('POST', body));
  const run = async () => (await post('runs/create', { experiment_id: '0' })).json.run.info.run_id as string;
  return { send, post, run };
}

const refused = (message: string) => ({
  status: 400,
  json: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) },
});

describe('a request that sends JSON', () => {
  const sender = () => {
    const { send } = open();
    return (body: string | Uint8Array<ArrayBuffer>, type?: string) => {
      const headers = { 'content-length': String(Buffer.byteLength(body)), ...(type && { 'content-type': type }) };
      // A text alone would say that it is one.
      return send(`${ROOT}/experiments/create`, { method: 'POST', headers, body: Buffer.from(body) });
    };
  };

  test('must say so, because a page of another origin may send every other kind without asking', async () => {
    const as = sender();
    const body = '{"name": "wanted"}';
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(await as(body, type)).toEqual(refused("Content-Type must be one of ['application/json']."));
    expect(await as(body)).toEqual(refused('Content-Type header is missing.'));
    expect((await as(body, 'application/json; charset=utf-8')).status).toBe(200);
  });

  test('in bytes that are no text says nothing', async () => {
    const as = sender();
    const bytes = new Uint8Array([...Buffer.from('{"name": "'), 0xff, ...Buffer.from('"}')]);
    expect(await as(bytes, 'application/json')).toEqual(refused("Missing value for required parameter 'name'"));
  });
});

describe('an experiment', () => {
  test('keeps its artifacts at no address with a fragment or parameters, and at none too long', async () => {
    const { post } = open();
    const at = (artifact_location: string) =>
      post('experiments/create', { name: artifact_location, artifact_location });
    for (const location of ['mlflow-artifacts:/x#y', 'https://host/a;b'])
      expect(await at(location)).toEqual(refused("'artifact_location' URL can't include fragments or params."));
    const long = await post('experiments/create', { name: 'long', artifact_location: `s3://${'x'.repeat(2_050)}` });
    expect(long).toEqual(refused('cannot be greater than 2048 characters'));
    expect((await at('s3://bucket/a;b')).status).toBe(200);
  });

  test('renamed to its own name stays as it is', async () => {
    const { post, send } = open();
    const { experiment_id } = (await post('experiments/create', { name: 'same' })).json;
    expect(await post('experiments/update', { experiment_id, new_name: 'same' })).toEqual({ status: 200, json: {} });
    expect((await send(`${ROOT}/experiments/get-by-name?experiment_name=same`)).json.experiment.experiment_id).toBe(
      experiment_id,
    );
  });
});

describe('a run', () => {
  test('is of an experiment', async () => {
    const { post } = open();
    expect(await post('runs/create', {})).toMatchObject({ status: 400, json: { error_code: 'BAD_REQUEST' } });
  });

  test('shows a data set with its schema and profile, once however often it is logged', async () => {
    const { post, run, send } = open();
    const run_id = await run();
    const dataset = {
      name: 'candles',
      digest: 'd',
      source_type: 'local',
      source: '{}',
      schema: '{"a":1}',
      profile: '{}',
    };
    for (let n = 0; n < 2; n += 1)
      expect((await post('runs/log-inputs', { run_id, datasets: [{ dataset, tags: [] }] })).status).toBe(200);
    const { inputs } = (await send(`${ROOT}/runs/get?run_id=${run_id}`)).json.run;
    expect(inputs.dataset_inputs).toEqual([{ dataset }]);
  });

  test('that names no output has none, and a restored one is no other', async () => {
    const { post, run, send } = open();
    const run_id = await run();
    expect((await post('runs/outputs', { run_id, models: [] })).status).toBe(200);
    expect((await post('runs/restore', { run_id })).status).toBe(200);
    expect((await send(`${ROOT}/runs/get?run_id=${run_id}`)).json.run.info.lifecycle_stage).toBe('active');
  });

  test('has values of one step and time in their order', async () => {
    const { post, run, send } = open();
    const run_id = await run();
    for (const value of [3, 1, 2]) await post('runs/log-metric', { run_id, key: 'm', value, timestamp: 5, step: 1 });
    const { metrics } = (await send(`${ROOT}/metrics/get-history?run_id=${run_id}&metric_key=m`)).json;
    expect(metrics.map(({ value }: { value: number }) => value)).toEqual([1, 2, 3]);
  });
});

describe('a search of data sets', () => {
  const ask = (send: ReturnType<typeof open>['send'], experiment_ids: readonly string[]) =>
    send(`/ajax-api/2.0/mlflow/experiments/search-datasets`, jsonRequest('POST', { experiment_ids }));

  test('gives each once for each use, by name and digest', async () => {
    const { post, run, send } = open();
    const dataset = (name: string, digest: string) => ({ name, digest, source_type: 'local', source: '{}' });
    const context = (value: string) => [{ key: 'mlflow.data.context', value }];
    const datasets = [
      { dataset: dataset('candles', 'b'), tags: [] },
      { dataset: dataset('candles', 'a'), tags: context('training') },
    ];
    for (let n = 0; n < 2; n += 1) await post('runs/log-inputs', { run_id: await run(), datasets });
    await run();
    expect(await ask(send, ['0', '0'])).toEqual({
      status: 200,
      json: {
        dataset_summaries: [
          { experiment_id: '0', name: 'candles', digest: 'a', context: 'training' },
          { experiment_id: '0', name: 'candles', digest: 'b' },
        ],
      },
    });
    expect((await ask(send, ['1'])).json).toEqual({});
  });

  test('is over one to twenty experiments', async () => {
    const { send } = open();
    expect(await ask(send, [])).toEqual(refused('must specify at least one experiment_id'));
    expect(await ask(send, Array.from({ length: 21 }, String))).toEqual(refused('Received 21 experiment_ids.'));
  });
});
