import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import { createS3ModelStore } from '../../src/adapters/aws/s3-model-store.ts';
import type { ModelHash } from '../../src/core/ports/model-store.ts';
import { modelStoreContract } from '../contract/model-store/model-store-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();
const MEBIBYTE = 1024 * 1024;

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new S3Client({ ...emulatedClient(emulator), forcePathStyle: true });
  afterAll(async () => {
    client.destroy();
    await emulator?.stop();
  });

  async function open(partBytes?: number) {
    const bucket = `models-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    const create = () => createS3ModelStore({ client, bucket, ...(partBytes ? { partBytes } : {}) });
    const versions = async (hash: ModelHash) => {
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
      return Versions.filter(({ Key }) => Key === `models/${hash}`).length;
    };
    return {
      bucket,
      store: create(),
      other: create(),
      versions,
      damage: async (hash: ModelHash, bytes: Uint8Array) => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: `models/${hash}`, Body: bytes }));
      },
    };
  }

  modelStoreContract('S3', () => open());

  test('a model is written once, however many put it at the same time', async () => {
    const { store, other, versions } = await open();
    const bytes = randomBytes(2_000);
    const hashes = await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 2 ? store : other).put(bytes)));
    expect(await versions(hashes[0] as ModelHash)).toBe(1);
  });

  test('S3 is given the SHA-256 to verify what arrives', async () => {
    const { bucket, store } = await open();
    const bytes = randomBytes(2_000);
    const hash = await store.put(bytes);
    const head = new HeadObjectCommand({ Bucket: bucket, Key: `models/${hash}`, ChecksumMode: 'ENABLED' });
    expect((await client.send(head)).ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'));
  });

  test('a model of many megabytes goes up in parts, once, and leaves no parts behind', async () => {
    const { bucket, store, other, versions } = await open(5 * MEBIBYTE);
    const bytes = randomBytes(11 * MEBIBYTE);
    const [hash] = await Promise.all([store.put(bytes), other.put(bytes)]);
    expect(Buffer.from(await other.get(hash)).equals(bytes)).toBe(true);
    // The emulator gives composite checksums like S3, which say nothing of the whole: `get` computed the hash.
    const head = new HeadObjectCommand({ Bucket: bucket, Key: `models/${hash}`, ChecksumMode: 'ENABLED' });
    expect((await client.send(head)).ChecksumSHA256).toMatch(/-3$/);
    await store.put(bytes);
    expect(await versions(hash)).toBe(1);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  test('begins again where S3 says that two conditional writes have met, and gives up when it always says so', async () => {
    const { bucket, store, versions } = await open();
    // AWS documents this answer; the emulator never gives it.
    const conflict = Object.assign(new Error('met'), {
      name: 'ConditionalRequestConflict',
      $metadata: { httpStatusCode: 409 },
    });
    const meeting = (times: number) => {
      let left = times;
      const send = (command: PutObjectCommand) =>
        command instanceof PutObjectCommand && left-- > 0 ? Promise.reject(conflict) : client.send(command);
      return createS3ModelStore({ client: { send } as never as S3Client, bucket });
    };
    const hash = await meeting(4).put(randomBytes(100));
    expect(await store.has(hash)).toBe(true);
    expect(await versions(hash)).toBe(1);
    await expect(meeting(5).put(randomBytes(100))).rejects.toMatchObject({ code: 'MODEL_STORE_REFUSED' });
  });

  test('says of a bucket that is not there, and of an S3 that does not answer, which of them it is', async () => {
    const absent = createS3ModelStore({ client, bucket: 'absent' });
    await expect(absent.put(randomBytes(10))).rejects.toMatchObject({ code: 'MODEL_STORE_REFUSED' });
    const nobody = new S3Client({ ...emulatedClient(emulator, { maxAttempts: 1 }), endpoint: 'http://127.0.0.1:1' });
    await expect(createS3ModelStore({ client: nobody, bucket: 'any' }).put(randomBytes(10))).rejects.toMatchObject({
      code: 'MODEL_STORE_UNAVAILABLE',
    });
  });
});
