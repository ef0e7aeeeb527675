import { deployedRegistry } from '../../apps/api/deployed-registry.ts';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import type { DynamoOptions } from '../../src/adapters/aws/dynamo-options.ts';
import { readSignature } from '../../src/adapters/inference/onnx-signature.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../src/adapters/local/system-random.ts';
import { createToken } from '../../src/core/access/create-token.ts';
import type { ArtifactStore } from '../../src/core/ports/artifact-store.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import { createMemoryModelStore } from '../../test/support/memory-model-store.ts';
import type { MeasuredOperation } from './measured-operations.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const absent = (): never => {
  throw new Error('no call that is measured must ask for an artifact');
};
/** Artifacts cost S3, which is not counted here. */
const artifactStore: ArtifactStore = { put: absent, get: absent, list: absent, delete: absent };

/** As many points as a batch of this size has metrics: `metric-0`, `metric-1`, … at one step. */
const metricsAt = (step: number, count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({ key: `metric-${at}`, value: step / (at + 2), timestamp: step, step }));

/** A client of the deployed API whose requests go to this ledger. */
function clientOf(ledger: Ledger) {
  const random = systemRandom();
  const wallClock = systemClocks.wall;
  const ports = { ledger, artifactStore, modelStore: createMemoryModelStore(), predictorLoader: { readSignature } };
  const app = deployedRegistry(ports, { log: silent, monotonic: systemClocks.monotonic, random, wallClock });
  let authorization = '';
  return {
    async open(): Promise<void> {
      const command = { id: random.id(), user: 'bench', now: wallClock.now(), sessionId: 'bench' };
      const wish = { name: 'bench', role: 'admin', slots: null, expiresAt: null } as const;
      const made = await createToken(command, wish, { ledger, random });
      if (made.outcome !== 'created') throw new Error(`a token must be made, was ${made.outcome}`);
      authorization = `Bearer ${made.secret}`;
    },
    // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the route gives.
    async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<any> {
      const headers = { authorization, 'content-type': 'application/json' };
      const url = `https://registry.test/api/2.0/mlflow/${path}`;
      const text = body && JSON.stringify(body);
      const request = text
        ? new Request(url, {
            method,
            headers: { ...headers, 'content-length': `${Buffer.byteLength(text)}` },
            body: text,
          })
        : new Request(url, { method, headers });
      const answer = await app.fetch(request);
      if (!answer.ok)
        throw new Error(`${method} ${path} must be answered, was ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
  };
}

/** Runs that a search finds and leafs through. */
const RUNS = 100;

/** Calls of MLflow's API, each as a client makes it with a token that the instance of the function has just seen; in an order in which each finds what it needs. */
export function measuredApiCalls(options: DynamoOptions): readonly MeasuredOperation[] {
  const { open, ask } = clientOf(createDynamoLedger(options));
  const experiment_ids = ['0'];
  const newRun = async (): Promise<string> => {
    const tags = [
      { key: 'mlflow.user', value: 'ada' },
      { key: 'mlflow.source.name', value: 'train.py' },
    ];
    const { run } = await ask('POST', 'runs/create', { experiment_id: '0', start_time: Date.now(), tags });
    return run.info.run_id;
  };
  const logged = (run_id: string, step: number, count: number) =>
    ask('POST', 'runs/log-batch', { run_id, metrics: metricsAt(step, count) });
  let run = '';
  const name = 'trend';
  const version = () => ask('POST', 'model-versions/create', { name, source: `runs:/${run}/model`, run_id: run });
  return [
    {
      name: 'api: create a run',
      prepare: async () => {
        await open();
        run = await newRun();
      },
      run: newRun,
    },
    { name: 'api: log a batch of 1 metric', prepare: () => logged(run, 1, 1), run: () => logged(run, 2, 1) },
    { name: 'api: log a batch of 100 metrics', prepare: () => logged(run, 3, 100), run: () => logged(run, 4, 100) },
    { name: 'api: get a run', run: () => ask('GET', `runs/get?run_id=${run}`) },
    {
      name: `api: search, ${RUNS} runs by a declared metric`,
      prepare: async () => {
        for (let at = 0; at < RUNS; at += 1) {
          const run_id = await newRun();
          const metrics = [{ key: 'accuracy', value: 0.5 + at / 1_000, timestamp: at, step: 0 }];
          await ask('POST', 'runs/log-batch', { run_id, metrics });
        }
      },
      run: () => ask('POST', 'runs/search', { experiment_ids, max_results: RUNS, order_by: ['metrics.accuracy DESC'] }),
    },
    {
      name: `api: search, the newest ${RUNS} runs`,
      run: () => ask('POST', 'runs/search', { experiment_ids, max_results: RUNS }),
    },
    {
      name: 'api: create a model version',
      prepare: async () => {
        await ask('POST', 'registered-models/create', { name });
        await version();
      },
      run: version,
    },
    {
      name: 'api: set an alias',
      run: () => ask('POST', 'registered-models/alias', { name, alias: 'champion', version: '2' }),
    },
    {
      name: 'api: get a version by its alias',
      run: () => ask('GET', `registered-models/alias?name=${name}&alias=champion`),
    },
  ];
}
