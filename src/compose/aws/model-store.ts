import { S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createS3ModelStore } from '../../adapters/aws/s3-model-store.ts';
import type { ModelStore } from '../../core/ports/model-store.ts';
import { readEnv } from '../env.ts';
import { requireEnv } from '../require-env.ts';

let built: ModelStore | undefined;

/** @throws AresError `ENV_INVALID` when no bucket is named */
export const modelStore = (): ModelStore => {
  built ??= createS3ModelStore({
    // Buckets have host names of their own on AWS, and nowhere else.
    client: new S3Client({ ...clientOptions(), forcePathStyle: readEnv().AWS_ENDPOINT_URL !== undefined }),
    bucket: requireEnv('ARES_MODEL_BUCKET', 'the name of the bucket that holds the models'),
  });
  return built;
};
