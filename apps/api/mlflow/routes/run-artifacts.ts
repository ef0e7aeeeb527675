import * as z from 'zod';
import { artifactLocation } from '../../../../src/core/tracking/artifact-location.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { readActiveLoggedModel } from '../../../../src/core/tracking/read-logged-model.ts';
import { filesUnder } from '../artifact-files.ts';
import { parseRequest } from '../parse-request.ts';
import type { MlflowPorts, MlflowRoute } from '../route.ts';
import { runArtifactRoot } from '../run-artifact-root.ts';
import { missingArtifact } from '../send-artifact.ts';

/** Older clients say `run_uuid`. */
const renamed = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'run_uuid' in input && !('run_id' in input)
    ? { ...input, run_id: input.run_uuid }
    : input;

const listSchema = z.object({
  run_id: z.string().min(1),
  path: z.string().default(''),
  page_token: z.string().optional(),
});
const uploadSchema = z.object({ path: z.string(), run_id: z.string().default(''), model_id: z.string().default('') });
const downloadSchema = z.object({ run_id: z.string(), path: z.string() });

const isDirect = (root: string): boolean => /^(?!https?:|mlflow-artifacts:)[a-z\d+.-]+:/i.test(root);
const schemeOf = (root: string): string => root.slice(0, Math.max(0, root.indexOf(':')));
const invalid = (message: string) => new MlflowError('INVALID_PARAMETER_VALUE', message);

async function presignedUpload(input: unknown, ports: MlflowPorts): Promise<never> {
  const { run_id, model_id } = parseRequest(uploadSchema, input);
  if ((run_id === '') === (model_id === '')) throw invalid('Exactly one of run_id and model_id must be provided.');
  const root =
    run_id === ''
      ? (await readActiveLoggedModel(ports.ledger, model_id)).artifactLocation
      : await runArtifactRoot(ports, run_id);
  if (isDirect(root)) {
    throw new MlflowError('NOT_IMPLEMENTED', 'Presigned upload is not supported for the current artifact repository');
  }
  throw invalid(
    `Presigned upload is not supported for proxied artifact storage (artifact URI scheme: ${schemeOf(root)}). This endpoint requires a direct cloud storage artifact URI.`,
  );
}

/** The files of a run. */
export const runArtifactRoutes: readonly MlflowRoute[] = [
  {
    method: 'GET',
    path: '/2.0/mlflow/artifacts/list',
    right: 'read',
    async handle({ input }, ports) {
      const { run_id, path } = parseRequest(listSchema, renamed(input));
      return filesUnder(ports.artifactStore, await runArtifactRoot(ports, run_id), path);
    },
  },
  {
    method: 'POST',
    path: '/2.0/mlflow/artifacts/presigned-upload-url',
    right: 'track',
    handle: ({ input }, ports) => presignedUpload(input, ports),
  },
  {
    method: 'POST',
    path: '/2.0/mlflow/artifacts/presigned-download-url',
    right: 'read',
    async handle({ input }, ports) {
      const { artifactStore } = ports;
      const { run_id, path } = parseRequest(downloadSchema, input);
      const root = await runArtifactRoot(ports, run_id);
      if (!isDirect(root)) {
        throw invalid(
          `Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: ${schemeOf(root)}). This endpoint requires a run with a direct cloud storage artifact URI.`,
        );
      }
      const location = artifactLocation(root, path, artifactStore.directRoot);
      const found = await artifactStore.get(location);
      if (!found || !artifactStore.downloadUrl) return missingArtifact(artifactStore, location);
      await found.content.cancel();
      return { presigned_url: await artifactStore.downloadUrl(location), file_size: found.size };
    },
  },
];
