import * as z from 'zod';
import type { ArtifactStore } from '../../../../src/core/ports/artifact-store.ts';
import { artifactPath } from '../../../../src/core/tracking/artifact-path.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowCall, MlflowRoute } from '../route.ts';
import { missingArtifact } from '../send-artifact.ts';

/** S3 takes no more parts. */
const MAX_PARTS = 10_000;

const partNumber = z.coerce.number().int().min(1).max(MAX_PARTS);
const createSchema = z.object({ path: z.string().min(1), num_parts: partNumber.default(1) });
const abortSchema = z.object({ path: z.string().min(1), upload_id: z.string().default('') });
const completeSchema = abortSchema.extend({
  parts: z.array(z.object({ part_number: partNumber, etag: z.string().default('') })),
});

/** The client names the folder in the URL and, in the body, its own file, of which the name counts. */
function targetOf({ params }: MlflowCall, file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const folder = artifactPath(params.path ?? '');
  const inFolder = artifactPath(name);
  if (inFolder === '' || inFolder.includes('/')) throw new MlflowError('INVALID_PARAMETER_VALUE', 'Invalid path');
  return folder === '' ? inFolder : `${folder}/${inFolder}`;
}

/** @throws MlflowError NOT_IMPLEMENTED, in the words by which the client knows to send the file whole */
function multipartOf({ multipart }: ArtifactStore): NonNullable<ArtifactStore['multipart']> {
  if (multipart) return multipart;
  const message = 'Multipart upload is not supported for the current artifact repository';
  throw new MlflowError('NOT_IMPLEMENTED', message);
}

/** Uploads in parts, and downloads, by signed URLs. */
export const artifactUploadRoutes: readonly MlflowRoute[] = [
  {
    method: 'POST',
    path: '/2.0/mlflow-artifacts/mpu/create/:path{.+}',
    right: 'track',
    async handle(call, { artifactStore }) {
      const { path, num_parts } = parseRequest(createSchema, call.input);
      const target = targetOf(call, path);
      const { uploadId, parts } = await multipartOf(artifactStore).create(target, num_parts);
      const credentials = parts.map(({ url, partNumber: part_number, headers }) => ({
        url,
        part_number,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
      }));
      return { upload_id: uploadId, credentials };
    },
  },
  {
    method: 'POST',
    path: '/2.0/mlflow-artifacts/mpu/complete/:path{.+}',
    right: 'track',
    async handle(call, { artifactStore }) {
      const { path, upload_id, parts } = parseRequest(completeSchema, call.input);
      const target = targetOf(call, path);
      const sent = parts.map(({ part_number, etag }) => ({ partNumber: part_number, etag }));
      await multipartOf(artifactStore).complete(target, upload_id, sent);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/2.0/mlflow-artifacts/mpu/abort/:path{.+}',
    right: 'track',
    async handle(call, { artifactStore }) {
      const { path, upload_id } = parseRequest(abortSchema, call.input);
      const target = targetOf(call, path);
      await multipartOf(artifactStore).abort(target, upload_id);
      return {};
    },
  },
  {
    method: 'GET',
    path: '/2.0/mlflow-artifacts/presigned/:path{.+}',
    right: 'read',
    async handle({ params }, { artifactStore }) {
      const path = artifactPath(params.path ?? '');
      if (!artifactStore.downloadUrl) {
        const message = 'Multipart download is not supported for the current artifact repository';
        throw new MlflowError('NOT_IMPLEMENTED', message);
      }
      const found = path === '' ? undefined : await artifactStore.get(path);
      if (!found) return missingArtifact(artifactStore, path);
      await found.content.cancel();
      return { url: await artifactStore.downloadUrl(path), headers: {}, file_size: found.size };
    },
  },
];
