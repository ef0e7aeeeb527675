import * as z from 'zod';
import type { ArtifactStore } from '../../../../src/core/ports/artifact-store.ts';
import { artifactLocation } from '../../../../src/core/tracking/artifact-location.ts';
import { artifactPath } from '../../../../src/core/tracking/artifact-path.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowRoute } from '../route.ts';
import { runArtifactRoot } from '../run-artifact-root.ts';
import { sendArtifact } from '../send-artifact.ts';

const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

const readSchema = z.object({
  run_id: z.string().optional(),
  run_uuid: z.string().optional(),
  path: z.string(),
});
const uploadSchema = z.object({ run_uuid: z.string().default(''), path: z.string().default('') });

const invalid = (message: string) => new MlflowError('INVALID_PARAMETER_VALUE', message);
const tooLarge = () => invalid('Artifact size is too large. Max size is 10MB.');

async function bodyOf({ headers, body }: Request): Promise<Uint8Array> {
  if (Number(headers.get('content-length') ?? 0) > MAX_UPLOAD_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_UPLOAD_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  if (size === 0) throw invalid('Request must specify data.');
  return Buffer.concat(chunks, size);
}

async function putBytes(store: ArtifactStore, path: string, bytes: Uint8Array): Promise<void> {
  const content = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  await store.put(path, content);
}

/** What MLflow's own page and a few old clients use beside the API: served without `/api` before it. */
export const pageArtifactRoutes: readonly MlflowRoute[] = [
  {
    method: 'GET',
    path: '/get-artifact',
    right: 'read',
    async handle({ input }, ports) {
      const { run_id, run_uuid, path } = parseRequest(readSchema, input);
      const relative = artifactPath(path);
      const root = await runArtifactRoot(ports, run_id ?? run_uuid ?? 'None');
      return sendArtifact(ports.artifactStore, artifactLocation(root, relative, ports.artifactStore.directRoot));
    },
  },
  {
    method: 'POST',
    path: '/ajax-api/2.0/mlflow/upload-artifact',
    right: 'track',
    body: 'stream',
    async handle({ input, request }, ports) {
      const { run_uuid, path } = parseRequest(uploadSchema, input);
      if (run_uuid === '') throw invalid('Request must specify run_uuid.');
      if (path === '') throw invalid('Request must specify path.');
      const relative = artifactPath(path);
      if (relative === '') throw invalid('Invalid path');
      const bytes = await bodyOf(request);
      const root = await runArtifactRoot(ports, run_uuid);
      await putBytes(ports.artifactStore, artifactLocation(root, relative, ports.artifactStore.directRoot), bytes);
      return new Response(null, { status: 200, headers: { 'Content-Type': 'application/json' } });
    },
  },
];
