import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import { type HttpRequest, httpLoad, type LoadResult } from './http-load.ts';
import type { RegistryServer } from './registry-server.ts';

const CONNECTIONS = 8;
const API = '/api/2.0/mlflow';
const PAGE = 100;

export interface RegistryCase {
  readonly name: string;
  /** How many times the genuine server's requests a second are aimed at. */
  readonly aim: number;
  /** Share of the samples asked for: searches take long on the genuine server. */
  readonly share: number;
  /** Prepares what the requests need. */
  prepare(server: RegistryServer): Promise<(n: number) => HttpRequest>;
}

const post = (path: string, body: object): HttpRequest => ({
  method: 'POST',
  path: `${API}/${path}`,
  body: JSON.stringify(body),
});

/** Calls once. @throws AresError `BENCH_INVALID` */
async function call<Schema extends z.ZodType>(
  { url, headers }: RegistryServer,
  { method, path, body }: HttpRequest,
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new AresError('BENCH_INVALID', `${method} ${path} must answer 200, was ${answer.status}: ${text}`);
  return schema.parse(JSON.parse(text));
}

const created = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });
const experiment = z.object({ experiment_id: z.string() });
const found = z.object({ runs: z.array(z.unknown()).length(PAGE) });

const newExperiment = async (server: RegistryServer, name: string): Promise<string> =>
  (await call(server, post('experiments/create', { name }), experiment)).experiment_id;

async function newRun(server: RegistryServer, name: string): Promise<string> {
  const experiment_id = await newExperiment(server, name);
  const { run } = await call(server, post('runs/create', { experiment_id, start_time: 1_760_000_000_000 }), created);
  return run.info.run_id;
}

const metrics = (count: number, n: number) =>
  Array.from({ length: count }, (_, index) => ({
    key: `metric-${index}`,
    value: n / 7,
    timestamp: 1_760_000_000_000 + n,
    step: n,
  }));

const logBatch = (count: number): RegistryCase => ({
  name: `log-batch of ${count} ${count === 1 ? 'metric' : 'metrics'}`,
  aim: 10,
  share: count === 1 ? 1 : 0.25,
  async prepare(server) {
    // A run for each connection, as of so many trainings at once.
    const runs: string[] = [];
    for (let n = 0; n < CONNECTIONS; n += 1) runs.push(await newRun(server, `log-batch-${count}-${n}`));
    return (n) =>
      post('runs/log-batch', { run_id: runs[n % CONNECTIONS], metrics: metrics(count, n), params: [], tags: [] });
  },
});

const search = (runs: number): RegistryCase => ({
  name: `search over ${runs.toLocaleString('en')} runs`,
  aim: 20,
  share: 0.1,
  async prepare(server) {
    const experiment_id = await newExperiment(server, `search-${runs}`);
    await server.seed(experiment_id, runs);
    const request = post('runs/search', {
      experiment_ids: [experiment_id],
      filter: "params.kind = 'lightgbm' and metrics.loss < 0.9",
      order_by: ['metrics.accuracy DESC'],
      max_results: PAGE,
    });
    await call(server, request, found);
    return () => request;
  },
});

export const registryCases: readonly RegistryCase[] = [
  {
    name: 'create-run',
    aim: 10,
    share: 1,
    async prepare(server) {
      const experiment_id = await newExperiment(server, 'create-run');
      return (n) =>
        post('runs/create', {
          experiment_id,
          start_time: 1_760_000_000_000 + n,
          run_name: `run-${n}`,
          tags: [{ key: 'mlflow.user', value: 'bench' }],
        });
    },
  },
  logBatch(1),
  logBatch(100),
  {
    name: 'version by alias',
    aim: 10,
    share: 1,
    async prepare(server) {
      const run_id = await newRun(server, 'alias');
      const { run } = await call(
        server,
        { method: 'GET', path: `${API}/runs/get?run_id=${run_id}` },
        z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) }),
      );
      await call(server, post('registered-models/create', { name: 'bench' }), z.unknown());
      const version = { name: 'bench', source: `${run.info.artifact_uri}/model`, run_id };
      await call(server, post('model-versions/create', version), z.unknown());
      await call(server, post('registered-models/alias', { name: 'bench', alias: 'best', version: '1' }), z.unknown());
      return () => ({ method: 'GET', path: `${API}/registered-models/alias?name=bench&alias=best` });
    },
  },
  search(1_000),
  search(10_000),
];

export async function measure(
  server: RegistryServer,
  { share, prepare }: RegistryCase,
  samples: number,
): Promise<LoadResult> {
  const make = await prepare(server);
  const { url, headers } = server;
  const requests = Math.max(CONNECTIONS * 2, Math.round(samples * share));
  return httpLoad({ url, headers, connections: CONNECTIONS, warmUp: Math.ceil(requests / 5), requests, make });
}

/** What the load itself reaches, against a server that does nothing. */
export const measureCeiling = (url: string, samples: number): Promise<LoadResult> =>
  httpLoad({ url, connections: CONNECTIONS, warmUp: samples, requests: samples * 10, make: () => post('ceiling', {}) });
