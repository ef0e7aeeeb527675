import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import { artifactMimeType } from '../../../src/core/tracking/artifact-mime-type.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';
import { contentDisposition } from './content-disposition.ts';
import { MAX_PAYLOAD_BYTES } from './payload-limit.ts';

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE when it is a folder */
export async function missingArtifact(store: ArtifactStore, path: string): Promise<never> {
  const isFolder = path === '' || (await store.list(path)).length > 0;
  if (!isFolder) throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No such artifact: '${path}'`, { path });
  const message = `Artifact path refers to a directory, not a file: '${path}'`;
  throw new MlflowError('INVALID_PARAMETER_VALUE', message, { path });
}

/**
 * Gives a file, or where to read it when it is too large for an answer.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE when it is a folder
 */
export async function sendArtifact(store: ArtifactStore, path: string): Promise<Response> {
  const found = path === '' ? undefined : await store.get(path);
  if (!found) return missingArtifact(store, path);
  if (store.downloadUrl && found.size > MAX_PAYLOAD_BYTES) {
    await found.content.cancel();
    const location = await store.downloadUrl(path);
    return new Response(null, { status: 307, headers: { Location: location, 'Cache-Control': 'no-store' } });
  }
  return new Response(found.content, {
    headers: {
      'Content-Type': artifactMimeType(path),
      'Content-Length': String(found.size),
      // A file of somebody's run must not become a page of this origin.
      'Content-Disposition': contentDisposition(path.slice(path.lastIndexOf('/') + 1)),
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
