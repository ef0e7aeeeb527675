import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import { send } from './http-load.ts';
import type { RegistryServer } from './registry-server.ts';
import { residentMb } from './resident-memory.ts';
import { type SeededRun, seededRuns } from './seeded-runs.ts';

const ARES = new URL('../../apps/cli/main.ts', import.meta.url).pathname;
const SEEDERS = 8;
const SETTLED_MS = 12_000;
const created = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/**
 * `./ares registry` over a new data directory, as a user starts it.
 *
 * @throws AresError `BENCH_UNAVAILABLE` when it ends before it serves
 */
export async function startAres(folder: string): Promise<RegistryServer> {
  mkdirSync(folder, { recursive: true });
  const flags = ['--disable-warning=ExperimentalWarning', '--conditions=local'];
  // So many requests a second as nobody sends: the limit is there for accidents, and is not what is measured.
  const env = { ...process.env, ARES_API_RATE: '1000000' };
  const child = spawn(process.execPath, [...flags, ARES, 'registry', '--port', '0', '--data-dir', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const introduced = Promise.withResolvers<{ url: string; token: string }>();
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      said.push(line);
      const [, url, token] = /^MLFLOW_TRACKING_URI=(\S+) MLFLOW_TRACKING_TOKEN=(\S+)$/.exec(line) ?? [];
      if (url && token) introduced.resolve({ url, token });
    });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() =>
    introduced.reject(new AresError('BENCH_UNAVAILABLE', `the registry must start, said: ${said.join(' ')}`)),
  );
  const { url, token } = await introduced.promise;
  const headers = { authorization: `Bearer ${token}` };
  return {
    name: 'ares registry, SQLite with full sync',
    url,
    headers,
    memoryMb: () => residentMb(child.pid as number),
    seed: (experimentId, runs) => seed({ url, headers }, experimentId, runs),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function seed(
  server: Pick<RegistryServer, 'url' | 'headers'>,
  experimentId: string,
  count: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: SEEDERS });
  const post = (path: string, body: object): Promise<string> =>
    send(agent, server, { method: 'POST', path: `/api/2.0/mlflow/runs/${path}`, body: JSON.stringify(body) });
  const texts = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  const add = async ({ name, startTime, metrics, params, tags }: SeededRun): Promise<void> => {
    const run = { experiment_id: experimentId, start_time: startTime, run_name: name, user_id: 'bench' };
    const { info } = created.parse(JSON.parse(await post('create', run))).run;
    await post('log-batch', {
      run_id: info.run_id,
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: startTime, step: 0 })),
      params: texts(params),
      tags: texts(tags),
    });
  };
  const runs = seededRuns(count, experimentId);
  const seeder = async (): Promise<void> => {
    for (const run of runs) await add(run);
  };
  try {
    await Promise.all(Array.from({ length: SEEDERS }, seeder));
    // A search reads again what was written in the last ten seconds; an experiment that is searched is seldom written whole just before.
    await sleep(SETTLED_MS);
  } finally {
    agent.destroy();
  }
}
