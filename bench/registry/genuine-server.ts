import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AresError } from '../../src/core/ares-error.ts';
import type { RegistryServer } from './registry-server.ts';
import { residentMb } from './resident-memory.ts';
import { type SeededRun, seededRuns } from './seeded-runs.ts';

const WORKERS = 4;
const START_MS = 120_000;
const MLFLOW = new URL('../../.cache/peers/venv-mlflow/bin/mlflow', import.meta.url).pathname;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * MLflow's own server on SQLite.
 *
 * @throws AresError `BENCH_UNAVAILABLE` when it is not installed or does not start
 */
export async function startGenuine(folder: string): Promise<RegistryServer> {
  if (!existsSync(MLFLOW)) {
    throw new AresError('BENCH_UNAVAILABLE', `the genuine server must be installed at ${MLFLOW}: run with --peers`);
  }
  const port = await freePort();
  const database = join(folder, 'mlflow.db');
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    MLFLOW,
    [
      'server',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--workers',
      String(WORKERS),
      '--backend-store-uri',
      `sqlite:///${database}`,
      '--artifacts-destination',
      join(folder, 'artifacts'),
    ],
    {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGTERM');
    await sleep(1_000);
  };
  const until = performance.now() + START_MS;
  while (!(await answers(url))) {
    if (performance.now() > until || child.exitCode !== null) {
      await stop();
      throw new AresError('BENCH_UNAVAILABLE', `the genuine server must answer within ${START_MS} ms, did not`);
    }
    await sleep(250);
  }
  return {
    name: `mlflow server, ${WORKERS} workers, SQLite`,
    url,
    headers: {},
    memoryMb: () => residentMb(child.pid as number),
    // Through the API it would take a quarter of an hour: 50 requests a second.
    seed: async (experimentId, runs) => insert(database, experimentId, runs),
    stop,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

function insert(path: string, experimentId: string, count: number): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE');
  const run = database.prepare(
    "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', 'bench', 'RUNNING', ?, NULL, 'active', ?, ?)",
  );
  const latest = database.prepare(
    'INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, 0, 0, ?)',
  );
  const metric = database.prepare(
    'INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, 0, 0, ?)',
  );
  const param = database.prepare('INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)');
  const tag = database.prepare('INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)');
  const add = (seeded: SeededRun): void => {
    const { id, name, startTime } = seeded;
    run.run(id, name, startTime, `mlflow-artifacts:/${experimentId}/${id}/artifacts`, experimentId);
    for (const [key, value] of Object.entries(seeded.metrics)) {
      latest.run(key, value, startTime, id);
      metric.run(key, value, startTime, id);
    }
    for (const [key, value] of Object.entries(seeded.params)) param.run(key, value, id);
    for (const [key, value] of Object.entries({ 'mlflow.runName': name, ...seeded.tags })) tag.run(key, value, id);
  };
  for (const seeded of seededRuns(count, experimentId)) add(seeded);
  database.exec('COMMIT');
  database.close();
}
