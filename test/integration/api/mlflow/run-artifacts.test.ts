import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MlflowPorts } from '../../../../apps/api/mlflow/route.ts';
import { artifactRoutes } from '../../../../apps/api/mlflow/routes/artifacts.ts';
import { pageArtifactRoutes } from '../../../../apps/api/mlflow/routes/page-artifacts.ts';
import { createFileArtifactStore } from '../../../../src/adapters/local/file-artifact-store.ts';
import { systemRandom } from '../../../../src/adapters/local/system-random.ts';
import type { ArtifactStore } from '../../../../src/core/ports/artifact-store.ts';
import { epochMillis } from '../../../../src/core/ports/clock.ts';
import { createExperiment } from '../../../../src/core/tracking/create-experiment.ts';
import { createRun } from '../../../../src/core/tracking/create-run.ts';
import { createMemoryLedger } from '../../../support/memory-ledger.ts';
import { jsonOf, jsonRequest, mountMlflowRoutes } from '../../../support/mount-mlflow-routes.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const API = '/api/2.0/mlflow';
const MEBIBYTE = 1024 * 1024;

async function open(over: Partial<ArtifactStore> = {}, location = '') {
  const artifactStore = { ...createFileArtifactStore(join(temporaryDirectory(), 'artifacts')), ...over };
  const wallClock = { now: () => epochMillis(1_000) };
  const ports = {
    ledger: createMemoryLedger(),
    artifactStore,
    wallClock,
    random: systemRandom(),
  } as unknown as MlflowPorts;
  const app = mountMlflowRoutes([...artifactRoutes, ...pageArtifactRoutes], ports);
  const actor = { user: 'ada', now: epochMillis(1_000), sessionId: 's' };
  const experimentId = await createExperiment(ports, actor, { name: 'e', artifactLocation: location, tags: [] });
  const { runId, artifactUri } = await createRun(ports, {
    experimentId,
    user: 'ada',
    startTime: 1,
    name: '',
    tags: [],
  });
  const get = async (path: string) => {
    const answer = await app.request(path);
    return { status: answer.status, json: await jsonOf(answer) };
  };
  return { app, get, store: artifactStore, root: `${experimentId}/${runId}/artifacts`, runId, artifactUri };
}
const put = (store: ArtifactStore, path: string, text: string) => store.put(path, new Blob([text]).stream());

describe('the files of a run', () => {
  test('are listed, by the path that the client asks with', async () => {
    const { get, store, root, runId, artifactUri } = await open();
    await put(store, `${root}/model/MLmodel`, 'flavors');
    await put(store, `${root}/plot.png`, 'png');
    expect((await get(`${API}/artifacts/list?run_id=${runId}`)).json).toEqual({
      root_uri: artifactUri,
      files: [
        { path: 'model', is_dir: true },
        { path: 'plot.png', is_dir: false, file_size: 3 },
      ],
    });
    for (const path of ['model', 'model/']) {
      expect((await get(`${API}/artifacts/list?run_uuid=${runId}&path=${path}`)).json.files).toEqual([
        { path: 'model/MLmodel', is_dir: false, file_size: 7 },
      ]);
    }
    expect((await get(`${API}/artifacts/list?run_id=${runId}&path=plot.png`)).json).toEqual({ root_uri: artifactUri });
  });

  test('are not listed without a run, of no run, and not outside of it', async () => {
    const { get, runId } = await open();
    expect((await get(`${API}/artifacts/list`)).json.message).toMatch("Missing value for required parameter 'run_id'");
    expect(await get(`${API}/artifacts/list?run_id=none`)).toMatchObject({
      status: 404,
      json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Run with id=none not found' },
    });
    expect((await get(`${API}/artifacts/list?run_id=${runId}&path=..%2Fother`)).json.message).toBe('Invalid path');
  });

  test('are found where the experiment keeps them', async () => {
    const { get, store, runId } = await open({}, 'mlflow-artifacts:/team/forecasts');
    await put(store, `team/forecasts/${runId}/artifacts/a`, 'x');
    expect((await get(`${API}/artifacts/list?run_id=${runId}`)).json.files).toHaveLength(1);
  });

  test('that lie in another storage are said to lie there', async () => {
    const { get, runId } = await open({}, 's3://elsewhere/x');
    expect(await get(`${API}/artifacts/list?run_id=${runId}`)).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('s3://elsewhere/x') },
    });
  });

  test('are given to the page, which says the run and the path', async () => {
    const { app, store, root, runId } = await open();
    await put(store, `${root}/a b.txt`, 'hello');
    for (const name of ['run_id', 'run_uuid']) {
      const file = await app.request(`/get-artifact?${name}=${runId}&path=a%20b.txt`);
      expect([await file.text(), file.headers.get('content-disposition')]).toEqual([
        'hello',
        'attachment; filename="a b.txt"',
      ]);
    }
    const none = await app.request(`/get-artifact?run_id=${runId}&path=none`);
    expect([none.status, (await jsonOf(none)).message]).toEqual([404, `No such artifact: '${root}/none'`]);
    for (const query of ['path=a', `run_id=${runId}`, `run_id=${runId}&path=..%2F..%2Fx`, `run_id=${runId}&path=`]) {
      expect([400, 404]).toContain((await app.request(`/get-artifact?${query}`)).status);
    }
  });

  test('are taken from the page, up to 10 MB', async () => {
    const { app, store, root, runId } = await open();
    const upload = (query: string, body: Uint8Array | string | null, headers: Record<string, string> = {}) =>
      app.request(`/ajax-api/2.0/mlflow/upload-artifact?${query}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' || body === null ? body : new Uint8Array(body),
      });
    const to = `run_uuid=${runId}&path=b/up.json`;
    expect((await upload(to, '{"json":"is a file too"}', { 'content-type': 'application/json' })).status).toBe(200);
    expect(await new Response((await store.get(`${root}/b/up.json`))?.content).text()).toBe('{"json":"is a file too"}');
    const refusals = [
      [await upload('path=a', 'x'), 'Request must specify run_uuid.'],
      [await upload(`run_uuid=${runId}`, 'x'), 'Request must specify path.'],
      [await upload(to, null), 'Request must specify data.'],
      [await upload(to, randomBytes(10 * MEBIBYTE + 1)), 'Artifact size is too large. Max size is 10MB.'],
      [await upload(to, 'x', { 'content-length': '10485761' }), 'Artifact size is too large. Max size is 10MB.'],
      [await upload(`run_uuid=${runId}&path=..%2Fx`, 'x'), 'Invalid path'],
      [await upload(`run_uuid=${runId}&path=.`, 'x'), 'Invalid path'],
    ] as const;
    for (const [answer, message] of refusals)
      expect([answer.status, (await jsonOf(answer)).message]).toEqual([400, message]);
  });
});

describe('signed URLs for the files of a run', () => {
  const signing: Partial<ArtifactStore> = {
    directRoot: 's3://bucket/artifacts',
    downloadUrl: async (path) => `https://bucket.example/${path}?signed`,
  };
  const ask = async (app: Awaited<ReturnType<typeof open>>['app'], what: string, body: object) => {
    const answer = await app.request(`${API}/artifacts/presigned-${what}-url`, jsonRequest('POST', body));
    return { status: answer.status, json: await jsonOf(answer) };
  };

  test('are given where they lie in the bucket, and only there', async () => {
    const direct = await open(signing, 's3://bucket/artifacts/7');
    const place = `7/${direct.runId}/artifacts/f`;
    await put(direct.store, place, 'four');
    const body = { run_id: direct.runId, path: 'f' };
    expect((await ask(direct.app, 'download', body)).json).toEqual({
      presigned_url: `https://bucket.example/${place}?signed`,
      file_size: 4,
    });
    expect((await ask(direct.app, 'download', { ...body, path: 'none' })).status).toBe(404);
    expect((await ask(direct.app, 'upload', body)).status).toBe(501);
    const proxied = await open(signing, 'mlflow-artifacts:/7');
    for (const what of ['download', 'upload']) {
      const answer = await ask(proxied.app, what, { run_id: proxied.runId, path: 'f' });
      expect(answer.status).toBe(400);
      expect(answer.json.message).toContain('(artifact URI scheme: mlflow-artifacts)');
    }
  });

  test('are asked for one run or one logged model', async () => {
    const { app, runId } = await open();
    for (const body of [{ path: 'f' }, { path: 'f', run_id: runId, model_id: 'm' }]) {
      expect((await ask(app, 'upload', body)).json.message).toBe(
        'Exactly one of run_id and model_id must be provided.',
      );
    }
    expect((await ask(app, 'upload', { path: 'f', model_id: 'm-none' })).status).toBe(404);
  });
});
