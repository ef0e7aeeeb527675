import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';
import { MAX_PAYLOAD_BYTES } from './payload-limit.ts';

const nothing = (): ReadableStream<Uint8Array> => new ReadableStream({ start: (controller) => controller.close() });

/** @throws MlflowError INVALID_PARAMETER_VALUE for a body that only fits through signed URLs */
function checkSize({ headers }: Request, store: ArtifactStore): void {
  const size = Number(headers.get('content-length') ?? 0);
  if (!store.multipart || size <= MAX_PAYLOAD_BYTES) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `a file sent through the API must have at most ${MAX_PAYLOAD_BYTES} bytes here, had ${size}. Send it in parts: set MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=true, ` +
      `MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=${MAX_PAYLOAD_BYTES} and MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE=10485760 for the client. Or write straight to ` +
      `the bucket, with AWS credentials and an experiment whose artifact_location is under ${store.directRoot}.`,
    { size, max: MAX_PAYLOAD_BYTES },
  );
}

/**
 * Keeps the body of a request as an artifact, as it streams in.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for a path without a name, or a body that only fits through signed URLs
 */
export async function receiveArtifact(store: ArtifactStore, path: string, request: Request): Promise<void> {
  if (path === '') {
    throw new MlflowError('INVALID_PARAMETER_VALUE', "Artifact path must include a filename (cannot end with '/').");
  }
  checkSize(request, store);
  await store.put(path, request.body ?? nothing());
}
