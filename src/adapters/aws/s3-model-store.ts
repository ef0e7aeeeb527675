import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AresError } from '../../core/ares-error.ts';
import { requireModelHash } from '../../core/models/model-hash.ts';
import type { ModelHash, ModelStore } from '../../core/ports/model-store.ts';
import { faultName, faultStatus, sdkFault } from './sdk-fault.ts';

/** Up to this size one request carries a model; above it the parts are so large. */
const PART_BYTES = 8 * 1024 * 1024;
/** Two writers of one model at the same moment are told to try again; more than a few rounds of that is no coincidence. */
const MAX_ROUNDS = 5;

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes);
const isMissing = (thrown: unknown) => ['NoSuchKey', 'NotFound'].includes(faultName(thrown));

interface S3ModelStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** For tests; at least 5 MiB. */
  readonly partBytes?: number;
}

/**
 * Models as objects `models/<hash>` of a bucket.
 *
 * Written with `If-None-Match: *`, so that no object is ever replaced, and with checksums that S3 verifies: the model's own SHA-256 for one request, each part's for
 * a multipart upload. S3 knows no SHA-256 of a whole multipart object, so what `get` computes is the proof.
 */
export function createS3ModelStore({ client, bucket, partBytes = PART_BYTES }: S3ModelStoreOptions): ModelStore {
  const objectOf = (hash: ModelHash) => ({ Bucket: bucket, Key: `models/${requireModelHash(hash)}` });

  async function get(hash: ModelHash): Promise<Uint8Array> {
    const object = objectOf(hash);
    const where = `s3://${bucket}/${object.Key}`;
    let bytes: Uint8Array;
    try {
      const { Body } = await client.send(new GetObjectCommand(object));
      bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!isMissing(error)) throw sdkFault(error, 'MODEL_STORE', 'S3');
      const message = `the model's bytes must be in ${where}, there is no such object`;
      throw new AresError('MODEL_MISSING', message, { hash, where }, error);
    }
    const was = digest(bytes).digest('hex');
    if (was === hash) return bytes;
    throw new AresError(
      'MODEL_CORRUPT',
      `${where} must have the SHA-256 it is named after, had ${was} (${bytes.length} bytes): somebody wrote there beside Ares. Restore the object's first version.`,
      { hash, was, where, bytes: bytes.length },
    );
  }

  async function has(hash: ModelHash): Promise<boolean> {
    const object = objectOf(hash);
    try {
      await client.send(new HeadObjectCommand(object));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw sdkFault(error, 'MODEL_STORE', 'S3');
    }
  }

  /** True when it was written now, false when there is one already. */
  async function write(hash: ModelHash, bytes: Uint8Array): Promise<boolean> {
    const params = { ...objectOf(hash), Body: bytes, ContentType: 'application/octet-stream', IfNoneMatch: '*' };
    for (let round = 1; ; round++) {
      try {
        if (bytes.length <= partBytes) {
          const ChecksumSHA256 = digest(bytes).digest('base64');
          await client.send(new PutObjectCommand({ ...params, ChecksumSHA256 }));
        } else {
          // The condition holds at the end of an upload: one look before saves sending all parts for nothing.
          if (await has(hash)) return false;
          await new Upload({ client, params: { ...params, ChecksumAlgorithm: 'SHA256' }, partSize: partBytes }).done();
        }
        return true;
      } catch (error) {
        const status = faultStatus(error);
        if (status === 412) return false;
        if (status !== 409 || round === MAX_ROUNDS) throw sdkFault(error, 'MODEL_STORE', 'S3');
      }
    }
  }

  return {
    async put(bytes) {
      const hash = digest(bytes).digest('hex') as ModelHash;
      const isNew = await write(hash, bytes);
      if (!isNew) await get(hash);
      return hash;
    },
    get,
    has,
  };
}
