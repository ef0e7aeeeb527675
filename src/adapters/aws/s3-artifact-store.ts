import { DeleteObjectsCommand, GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AresError } from '../../core/ares-error.ts';
import type { ArtifactInfo, ArtifactStore } from '../../core/ports/artifact-store.ts';
import { s3ArtifactUploads } from './s3-artifact-uploads.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

/** Held in memory at a time: so large is a part, and so many are on their way. S3 takes 10,000 parts. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const DOWNLOAD_SECONDS = 15 * 60;

const PORT = 'ARTIFACT_STORE';
const isMissing = (thrown: unknown) => ['NoSuchKey', 'NotFound'].includes(faultName(thrown));
const byPath = (a: ArtifactInfo, b: ArtifactInfo) => (a.path < b.path ? -1 : 1);

interface S3ArtifactStoreOptions {
  readonly client: S3Client;
  /**
   * Signs URLs for others: a client with `requestChecksumCalculation: 'WHEN_REQUIRED'`. Any other signs the checksum of the empty body that it sees, and S3 then
   * refuses every upload.
   */
  readonly signer: S3Client;
  readonly bucket: string;
  /** What every key begins with, a slash follows. */
  readonly prefix?: string;
}

/** Artifacts as objects `artifacts/<path>` of a bucket; S3 shows an object only when it is whole, and verifies the checksums that the client sends. */
export function createS3ArtifactStore({
  client,
  signer,
  bucket,
  prefix = 'artifacts',
}: S3ArtifactStoreOptions): Required<ArtifactStore> {
  const keyOf = (path: string) => `${prefix}/${path}`;
  const objectOf = (path: string) => ({ Bucket: bucket, Key: keyOf(path) });
  const pathOf = (key = '') => key.slice(prefix.length + 1);
  /** All keys of a folder begin so; those of its neighbours do not. */
  const folderKey = (folder: string) => (folder === '' ? `${prefix}/` : `${keyOf(folder)}/`);

  async function list(folder: string): Promise<readonly ArtifactInfo[]> {
    const infos: ArtifactInfo[] = [];
    const input = { Bucket: bucket, Prefix: folderKey(folder), Delimiter: '/' };
    try {
      for await (const { CommonPrefixes = [], Contents = [] } of paginateListObjectsV2({ client }, input)) {
        for (const { Prefix = '' } of CommonPrefixes)
          infos.push({ path: pathOf(Prefix.slice(0, -1)), isDirectory: true });
        for (const { Key, Size = 0 } of Contents) {
          // Consoles make an object with the folder's own name for an empty folder.
          if (Key !== input.Prefix) infos.push({ path: pathOf(Key), isDirectory: false, size: Size });
        }
      }
    } catch (error) {
      throw sdkFault(error, PORT, 'S3');
    }
    return infos.toSorted(byPath);
  }

  async function deleteKeys(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    const [first] = Errors;
    if (!first) return;
    const message = `S3 must delete ${keys.length} objects, kept ${Errors.length}: ${first.Key} (${first.Code}: ${first.Message})`;
    throw new AresError(`${PORT}_REFUSED`, message, { code: first.Code ?? '' });
  }

  return {
    directRoot: `s3://${bucket}/${prefix}`,
    list,

    async put(path, content) {
      const params = { ...objectOf(path), Body: content };
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE });
      try {
        await upload.done();
      } catch (error) {
        throw sdkFault(error, PORT, 'S3');
      }
    },

    async get(path) {
      try {
        const { Body, ContentLength } = await client.send(new GetObjectCommand(objectOf(path)));
        if (!Body || ContentLength === undefined) return undefined;
        return { size: ContentLength, content: Body.transformToWebStream() as ReadableStream<Uint8Array> };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw sdkFault(error, PORT, 'S3');
      }
    },

    async delete(path) {
      try {
        await deleteKeys([keyOf(path)]);
        const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: folderKey(path) });
        for await (const { Contents = [] } of pages) await deleteKeys(Contents.flatMap(({ Key }) => Key ?? []));
      } catch (error) {
        throw sdkFault(error, PORT, 'S3');
      }
    },

    downloadUrl: (path) => {
      const name = path.split('/').at(-1) ?? '';
      const ResponseContentDisposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
      const command = new GetObjectCommand({ ...objectOf(path), ResponseContentDisposition });
      return getSignedUrl(signer, command, { expiresIn: DOWNLOAD_SECONDS });
    },

    multipart: s3ArtifactUploads({ client, signer }, objectOf),
  };
}
