import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnProgram } from '../../support/spawned-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runAres } from './support/run-ares.ts';

test('ares registry makes a data directory, prints its first token once, and lets write with it alone', async () => {
  const dataDir = join(temporaryDirectory(), 'fresh');
  const start = () => spawnProgram('apps/cli/main.ts', { args: ['registry', '--port', '0', '--data-dir', dataDir] });
  const first = start();
  const [, url = '', secret = ''] = await first.says(/MLFLOW_TRACKING_URI=(\S+) MLFLOW_TRACKING_TOKEN=(ares_\S+)/);
  const file = join(dataDir, 'admin-token');
  expect(readFileSync(file, 'utf8')).toBe(`${secret}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const create = (headers: Record<string, string>) =>
    fetch(`${url}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'first' }),
    });
  expect((await create({})).status).toBe(401);
  expect((await create({ authorization: `Bearer ${secret}` })).status).toBe(200);
  const read = await fetch(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=first`);
  expect(await read.json()).toMatchObject({ experiment: { name: 'first' } });

  const busy = await runAres(dataDir, ['registry', '--port', new URL(url).port]);
  expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining('PORT_BUSY') });
  first.kill('SIGINT');
  expect(await first.ended, first.stderr()).toBe(0);

  const second = start();
  await second.says(/MLFLOW_TRACKING_URI=/);
  expect(second.stderr()).not.toContain('ares_');
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('ares registry is of one machine', async () => {
  const run = await runAres(temporaryDirectory(), ['--stage', 'paper', 'registry']);
  expect(run.code).toBe(2);
});
