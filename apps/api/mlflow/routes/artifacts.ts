import * as z from 'zod';
import { artifactPath } from '../../../../src/core/tracking/artifact-path.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { artifactFiles } from '../artifact-files.ts';
import { parseRequest } from '../parse-request.ts';
import { receiveArtifact } from '../receive-artifact.ts';
import type { MlflowCall, MlflowRoute } from '../route.ts';
import { sendArtifact } from '../send-artifact.ts';
import { artifactUploadRoutes } from './artifact-uploads.ts';
import { runArtifactRoutes } from './run-artifacts.ts';

const folder = z.object({ path: z.string().default('') });
const ONE = '/2.0/mlflow-artifacts/artifacts/:path{.+}';

const pathOf = ({ params }: MlflowCall): string => params.path ?? '';

const proxied: readonly MlflowRoute[] = [
  {
    method: 'GET',
    path: '/2.0/mlflow-artifacts/artifacts',
    right: 'read',
    async handle({ input }, { artifactStore }) {
      const { path } = parseRequest(folder, input);
      return artifactFiles(await artifactStore.list(artifactPath(path)));
    },
  },
  {
    method: 'GET',
    path: ONE,
    right: 'read',
    handle: (call, { artifactStore }) => sendArtifact(artifactStore, artifactPath(pathOf(call))),
  },
  {
    method: 'PUT',
    path: ONE,
    right: 'track',
    body: 'stream',
    async handle(call, { artifactStore }) {
      const path = pathOf(call);
      await receiveArtifact(artifactStore, path.endsWith('/') ? '' : artifactPath(path), call.request);
      return new Response(null, { status: 200 });
    },
  },
  {
    method: 'DELETE',
    path: ONE,
    right: 'track',
    async handle(call, { artifactStore }) {
      const path = artifactPath(pathOf(call));
      // Only the root itself is written so, and nobody means to delete everything.
      if (path === '') throw new MlflowError('INVALID_PARAMETER_VALUE', 'Invalid path');
      await artifactStore.delete(path);
      return {};
    },
  },
];

/** Artifacts through the API, in parts, and by the run that logged them. */
export const artifactRoutes: readonly MlflowRoute[] = [...proxied, ...artifactUploadRoutes, ...runArtifactRoutes];
