import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { EncryptionKey } from './encryption-key.ts';

/**
 * A bucket that outlives its stack: versioned, under the stage's key, over TLS only, and nobody's but the account's.
 *
 * @param noAccessLog why nobody needs to log who read it
 */
export function privateBucket(
  scope: Construct,
  {
    encryption,
    noAccessLog,
    lifecycleRules = [],
    ...props
  }: Omit<s3.BucketProps, 'encryption'> & { readonly encryption: EncryptionKey; readonly noAccessLog: string },
): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Bucket', {
    versioned: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: encryption.key,
    bucketKeyEnabled: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      // A client that died in the middle of an upload in parts tells nobody.
      { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ...lifecycleRules,
    ],
    ...props,
  });
  acknowledge(bucket, 'AwsSolutions-S1', noAccessLog);
  return bucket;
}
