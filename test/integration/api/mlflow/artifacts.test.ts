import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { MlflowPorts } from '../../../../apps/api/mlflow/route.ts';
import { artifactRoutes } from '../../../../apps/api/mlflow/routes/artifacts.ts';
import { createFileArtifactStore } from '../../../../src/adapters/local/file-artifact-store.ts';
import type { ArtifactStore } from '../../../../src/core/ports/artifact-store.ts';
import { jsonOf, jsonRequest, mountMlflowRoutes } from '../../../support/mount-mlflow-routes.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const ROOT = '/api/2.0/mlflow-artifacts';
const MEBIBYTE = 1024 * 1024;

const files = (): ArtifactStore => createFileArtifactStore(join(temporaryDirectory(), 'artifacts'));
const mount = (artifactStore: ArtifactStore) => mountMlflowRoutes(artifactRoutes, { artifactStore } as MlflowPorts);

function open(artifactStore = files()) {
  const app = mount(artifactStore);
  return {
    store: artifactStore,
    get: (path: string) => app.request(`${ROOT}${path}`),
    put: (path: string, body: string | null, headers: Record<string, string> = {}) =>
      app.request(`${ROOT}/artifacts/${path}`, { method: 'PUT', body, headers }),
    remove: (path: string) => app.request(`${ROOT}/artifacts/${path}`, { method: 'DELETE' }),
    post: (path: string, body: object) => app.request(`${ROOT}${path}`, jsonRequest('POST', body)),
  };
}

/** A store that reads and writes by URLs of its own, as S3's does, and says what it was asked. */
function openWithUrls() {
  const asked: unknown[] = [];
  const local = files();
  const store: ArtifactStore = {
    ...local,
    directRoot: 's3://bucket/artifacts',
    downloadUrl: async (path) => `https://bucket.example/${path}?signed`,
    multipart: {
      create: async (path, parts) => {
        asked.push(['create', path, parts]);
        return {
          uploadId: 'upload',
          parts: Array.from({ length: parts }, (_, at) => ({
            partNumber: at + 1,
            url: `https://u/${at + 1}`,
            headers: {},
          })),
        };
      },
      complete: async (...call) => void asked.push(['complete', ...call]),
      abort: async (...call) => void asked.push(['abort', ...call]),
    },
  };
  return { asked, ...open(store) };
}

describe('artifacts through the API', () => {
  test('come back as they were put, as files to keep, of a type by their name', async () => {
    const { put, get } = open();
    const put1 = await put('0/run/artifacts/model/MLmodel', 'flavors:');
    expect([put1.status, await put1.text()]).toEqual([200, '']);
    await put('0/run/artifacts/empty.bin', null);
    const file = await get('/artifacts/0/run/artifacts/model/MLmodel');
    expect(await file.text()).toBe('flavors:');
    expect(Object.fromEntries(file.headers)).toEqual({
      'content-type': 'text/plain',
      'content-length': '8',
      'content-disposition': 'attachment; filename=MLmodel',
      'x-content-type-options': 'nosniff',
    });
    const empty = await get('/artifacts/0/run/artifacts/empty.bin');
    expect([empty.status, empty.headers.get('content-length'), await empty.text()]).toEqual([200, '0', '']);
  });

  test('are listed by name in their folder', async () => {
    const { put, get } = open();
    await put('0/run/artifacts/a/f.txt', 'hi!');
    await put('0/run/artifacts/a/b/g.txt', 'x');
    await put('0/run/artifacts/a/empty', null);
    expect(await jsonOf(await get('/artifacts?path=0/run/artifacts/a'))).toEqual({
      files: [
        { path: 'b', is_dir: true },
        { path: 'empty', is_dir: false },
        { path: 'f.txt', is_dir: false, file_size: 3 },
      ],
    });
    expect(await jsonOf(await get('/artifacts'))).toEqual({ files: [{ path: '0', is_dir: true }] });
    expect(await jsonOf(await get('/artifacts?path=0/none'))).toEqual({});
  });

  test('keep names that need encoding', async () => {
    const { put, get, store } = open();
    await put('0/a%20b/%C3%A4%20%22x%22.txt', 'x');
    expect(await store.get('0/a b/ä "x".txt')).toBeDefined();
    const file = await get('/artifacts/0/a%20b/%C3%A4%20%22x%22.txt');
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename="a \\"x\\".txt"; filename*=UTF-8''%C3%A4%20%22x%22.txt`,
    );
    await put('0/%E6%97%A5%E6%9C%AC', 'x');
    const named = await get('/artifacts/0/%E6%97%A5%E6%9C%AC');
    expect(named.headers.get('content-disposition')).toBe(
      "attachment; filename=download; filename*=UTF-8''%E6%97%A5%E6%9C%AC",
    );
  });

  test('that are not there, or are folders, are said to be so', async () => {
    const { put, get } = open();
    await put('0/a/f.txt', 'x');
    const none = await get('/artifacts/0/none');
    expect([none.status, await jsonOf(none)]).toEqual([
      404,
      { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "No such artifact: '0/none'" },
    ]);
    const folder = await get('/artifacts/0/a');
    expect([folder.status, (await jsonOf(folder)).message]).toEqual([
      400,
      "Artifact path refers to a directory, not a file: '0/a'",
    ]);
  });

  test('are deleted, one or a folder of them, again and again', async () => {
    const { put, remove, get } = open();
    await put('0/a/f.txt', 'x');
    await put('0/a/g.txt', 'x');
    for (const path of ['0/a/f.txt', '0/a/f.txt', '0/never']) {
      const answer = await remove(path);
      expect([answer.status, await jsonOf(answer)]).toEqual([200, {}]);
    }
    expect((await jsonOf(await get('/artifacts?path=0/a'))).files).toHaveLength(1);
    await remove('0');
    expect(await jsonOf(await get('/artifacts'))).toEqual({});
  });

  const waysOut = [
    'a%2F..%2F..%2Fx',
    '%252e%252e%252fx',
    'a%5C..%5Cx',
    'a%00b',
    'C:%2Fx',
    '%2Fetc%2Fpasswd',
    'x%23y',
    'file:%2F%2F%2Fetc',
  ];

  test.each(waysOut)('refuse the way out %s, whatever is asked of it', async (path) => {
    const { get, put, remove, post } = openWithUrls();
    const mpu = (step: string) => post(`/mpu/${step}/${path}`, { path: 'f', num_parts: 1, upload_id: 'u', parts: [] });
    const answers = [
      await get(`/artifacts/${path}`),
      await put(path, 'x'),
      await remove(path),
      await get(`/artifacts?path=${path}`),
      await get(`/presigned/${path}`),
      await mpu('create'),
      await mpu('complete'),
      await mpu('abort'),
    ];
    for (const answer of answers)
      expect([answer.status, (await jsonOf(answer)).message]).toEqual([400, 'Invalid path']);
  });

  test('need a name, and never delete the root', async () => {
    const { put, remove } = open();
    const nameless = await put('0/a/', 'x');
    expect([nameless.status, (await jsonOf(nameless)).message]).toEqual([
      400,
      "Artifact path must include a filename (cannot end with '/').",
    ]);
    // Encoded twice it gets past what tidies URLs.
    expect((await remove('%252e')).status).toBe(400);
  });

  test('stream, 60 MB through a real server', async () => {
    const server = createServer(getRequestListener(mount(files()).fetch));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${ROOT}/artifacts/0/large.bin`;
    const block = randomBytes(MEBIBYTE);
    const sent = createHash('sha256');
    let left = 60;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- === 0) return controller.close();
        sent.update(block);
        controller.enqueue(new Uint8Array(block));
      },
    });
    expect((await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)).status).toBe(200);
    const before = process.memoryUsage().rss;
    const answer = await fetch(url);
    expect(answer.headers.get('content-length')).toBe(String(60 * MEBIBYTE));
    const got = createHash('sha256');
    for await (const chunk of answer.body ?? []) got.update(chunk);
    expect(got.digest('hex')).toBe(sent.digest('hex'));
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MEBIBYTE);
  });
});

describe('artifacts too large for the API', () => {
  test('are read where they are', async () => {
    const { put, get, store } = openWithUrls();
    await put('0/small', 'x');
    expect((await get('/artifacts/0/small')).status).toBe(200);
    await store.put('0/large', new Blob([randomBytes(4 * MEBIBYTE + 1)]).stream());
    const answer = await get('/artifacts/0/large');
    expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([
      307,
      'https://bucket.example/0/large?signed',
      '',
    ]);
  });

  test('are refused whole, naming two ways that work', async () => {
    const { put } = openWithUrls();
    const answer = await put('0/large', 'x', { 'content-length': String(4 * MEBIBYTE + 1) });
    expect(answer.status).toBe(400);
    const { message } = await jsonOf(answer);
    expect(message).toContain('MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304');
    expect(message).toContain('s3://bucket/artifacts');
  });

  test('are sent in parts to the place that URL and file name', async () => {
    const { post, asked } = openWithUrls();
    const created = await post('/mpu/create/0/run/artifacts/model', { path: '/home/ada/model.bin', num_parts: 2 });
    expect(await jsonOf(created)).toEqual({
      upload_id: 'upload',
      credentials: [
        { url: 'https://u/1', part_number: 1 },
        { url: 'https://u/2', part_number: 2 },
      ],
    });
    const parts = [{ part_number: 1, etag: '"a"', url: 'https://u/1' }];
    await post('/mpu/complete/0/run/artifacts/model', { path: 'C:\\models\\model.bin', upload_id: 'upload', parts });
    const aborted = await post('/mpu/abort/0/run/artifacts/model', { path: 'model.bin', upload_id: 'upload' });
    expect(await jsonOf(aborted)).toEqual({});
    const place = '0/run/artifacts/model/model.bin';
    expect(asked).toEqual([
      ['create', place, 2],
      ['complete', place, 'upload', [{ partNumber: 1, etag: '"a"' }]],
      ['abort', place, 'upload'],
    ]);
  });

  test('are not begun with a name or a number of parts that cannot be', async () => {
    const { post, asked } = openWithUrls();
    for (const body of [
      {},
      { path: 'f', num_parts: 0 },
      { path: 'f', num_parts: 10_001 },
      { path: 'f', num_parts: 'x' },
      { path: '..' },
      { path: 'a/' },
    ]) {
      expect((await post('/mpu/create/0/x', body)).status).toBe(400);
    }
    expect(asked).toEqual([]);
  });

  test('are given a URL for clients that read in parts', async () => {
    const { put, get } = openWithUrls();
    await put('0/f', 'four');
    expect(await jsonOf(await get('/presigned/0/f'))).toEqual({
      url: 'https://bucket.example/0/f?signed',
      headers: {},
      file_size: 4,
    });
    expect((await get('/presigned/0/none')).status).toBe(404);
  });

  test('have no parts and no URLs where files go through the API, in the words that let a client fall back', async () => {
    const { post, get } = open();
    for (const step of ['create', 'complete', 'abort']) {
      const answer = await post(`/mpu/${step}/0/x`, { path: 'f', num_parts: 1, upload_id: 'u', parts: [] });
      expect([answer.status, await jsonOf(answer)]).toEqual([
        501,
        {
          error_code: 'NOT_IMPLEMENTED',
          message: 'Multipart upload is not supported for the current artifact repository',
        },
      ]);
    }
    const url = await get('/presigned/0/x');
    expect([url.status, (await jsonOf(url)).message]).toEqual([
      501,
      'Multipart download is not supported for the current artifact repository',
    ]);
  });
});
