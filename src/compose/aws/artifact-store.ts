import { S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createS3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import { readEnv } from '../env.ts';
import { requireEnv } from '../require-env.ts';

let built: ArtifactStore | undefined;

/** @throws AresError `ENV_INVALID` when no bucket is named */
export const artifactStore = (): ArtifactStore => {
  // Buckets have host names of their own on AWS, and nowhere else.
  const options = { ...clientOptions(), forcePathStyle: readEnv().AWS_ENDPOINT_URL !== undefined };
  built ??= createS3ArtifactStore({
    client: new S3Client(options),
    signer: new S3Client({ ...options, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    bucket: requireEnv('ARES_ARTIFACT_BUCKET', 'the name of the bucket that holds the artifacts of runs'),
  });
  return built;
};
