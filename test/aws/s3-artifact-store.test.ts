import { randomBytes, randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import { createS3ArtifactStore } from '../../src/adapters/aws/s3-artifact-store.ts';
import { artifactStoreContract, streamOf, textIn } from '../contract/artifact-store/artifact-store-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();
const MEBIBYTE = 1024 * 1024;

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new S3Client({ ...emulatedClient(emulator), forcePathStyle: true });
  const signer = new S3Client({
    ...emulatedClient(emulator),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  afterAll(async () => {
    client.destroy();
    signer.destroy();
    await emulator?.stop();
  });

  async function open() {
    const bucket = `artifacts-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const unfinished = async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.length;
    };
    return { bucket, unfinished, store: createS3ArtifactStore({ client, signer, bucket }) };
  }

  artifactStoreContract('S3', async () => (await open()).store);

  test('says where clients with credentials of their own write, and reads what they wrote there', async () => {
    const { bucket, store } = await open();
    expect(store.directRoot).toBe(`s3://${bucket}/artifacts`);
  });

  test('gives a URL that reads a file without credentials, under its own name', async () => {
    const { store } = await open();
    await store.put('0/run/artifacts/ä b.txt', streamOf('read me'));
    const url = await store.downloadUrl('0/run/artifacts/ä b.txt');
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, 'read me']);
    expect(new URL(url).searchParams.get('response-content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%A4%20b.txt",
    );
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('900');
  });

  async function sendParts(
    urls: readonly { readonly url: string; readonly partNumber: number }[],
    parts: readonly Buffer[],
  ) {
    return Promise.all(
      urls.map(async ({ url, partNumber }) => {
        const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(parts[partNumber - 1] ?? []) });
        expect(answer.status).toBe(200);
        return { partNumber, etag: answer.headers.get('etag') ?? '' };
      }),
    );
  }

  test('takes an upload in parts by signed URLs, which carry no checksum of a body they have not seen', async () => {
    const { store, unfinished } = await open();
    const parts = [randomBytes(5 * MEBIBYTE), randomBytes(5 * MEBIBYTE), randomBytes(1_000)];
    const upload = await store.multipart.create('model.bin', parts.length);
    expect(upload.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3]);
    for (const { url } of upload.parts) expect(url).not.toMatch(/checksum/i);
    const sent = await sendParts(upload.parts, parts);
    expect(await store.get('model.bin')).toBe(undefined);
    await store.multipart.complete('model.bin', upload.uploadId, sent);
    const found = await store.get('model.bin');
    expect(Buffer.from(await new Response(found?.content).arrayBuffer()).equals(Buffer.concat(parts))).toBe(true);
    expect(await unfinished()).toBe(0);
  });

  test('leaves nothing of an upload in parts that was given up', async () => {
    const { store, unfinished } = await open();
    const upload = await store.multipart.create('model.bin', 2);
    expect(await unfinished()).toBe(1);
    await store.multipart.abort('model.bin', upload.uploadId);
    expect(await unfinished()).toBe(0);
    expect(await store.get('model.bin')).toBe(undefined);
  });

  test('tells a caller that the upload it names does not exist', async () => {
    const { store } = await open();
    const attempt = store.multipart.complete('model.bin', 'never-begun', [{ partNumber: 1, etag: '"x"' }]);
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  test('leaves no parts behind when an upload through it breaks off', async () => {
    const { store, unfinished } = await open();
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        sent++ < 20 ? controller.enqueue(randomBytes(MEBIBYTE)) : controller.error(new Error('gone')),
    });
    await expect(store.put('broken', broken)).rejects.toThrow('gone');
    expect(await unfinished()).toBe(0);
  });

  test('keeps to its prefix', async () => {
    const { bucket, store } = await open();
    const other = createS3ArtifactStore({ client, signer, bucket, prefix: 'artifacts-of-others' });
    await other.put('a', streamOf('theirs'));
    await store.put('a', streamOf('ours'));
    expect(await store.list('')).toEqual([{ path: 'a', isDirectory: false, size: 4 }]);
    await store.delete('a');
    expect(await textIn(other, 'a')).toBe('theirs');
  });

  test('says of a bucket that is not there, and of an S3 that does not answer, which of them it is', async () => {
    const absent = createS3ArtifactStore({ client, signer, bucket: 'absent' });
    await expect(absent.put('a', streamOf('x'))).rejects.toMatchObject({ code: 'ARTIFACT_STORE_REFUSED' });
    await expect(absent.list('')).rejects.toMatchObject({ code: 'ARTIFACT_STORE_REFUSED' });
    const nobody = new S3Client({ ...emulatedClient(emulator, { maxAttempts: 1 }), endpoint: 'http://127.0.0.1:1' });
    const silent = createS3ArtifactStore({ client: nobody, signer, bucket: 'any' });
    await expect(silent.get('a')).rejects.toMatchObject({ code: 'ARTIFACT_STORE_UNAVAILABLE' });
  });
});
