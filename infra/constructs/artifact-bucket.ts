import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeAllBelow } from './acknowledge.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { Holder } from './holder.ts';

/** Every artifact's key; nothing else is kept in the bucket. */
const ARTIFACTS = 'artifacts/*';

const NO_ACCESS_LOG =
  'Who registered which model stands in the audit trail, and what trades is a copy of its own in the bucket of models.';
const EVERY_ARTIFACT =
  'Runs and files are named by whoever trains, long after this is deployed: only the prefix can be named.';
/** What a client deleted or replaced can be brought back for so long. */
const RECOVERABLE = Duration.days(30);

/** Files of runs and logged models: whatever researchers keep, theirs to delete. */
export class ArtifactBucket extends Construct {
  readonly bucket: s3.Bucket;
  readonly #encryption: EncryptionKey;

  constructor(scope: Construct, id: string, { encryption }: { readonly encryption: EncryptionKey }) {
    super(scope, id);
    this.#encryption = encryption;
    this.bucket = new s3.Bucket(this, 'Bucket', {
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
        { id: 'deleted', noncurrentVersionExpiration: RECOVERABLE, expiredObjectDeleteMarker: true },
      ],
    });
    acknowledge(this.bucket, 'AwsSolutions-S1', NO_ACCESS_LOG);
  }

  /** All that the port does: put, in parts too, get, list and delete. */
  grantWrite(holder: Holder): void {
    const { bucketArn, bucketName } = this.bucket;
    acknowledgeAllBelow(holder, { stack: Stack.of(this), arn: bucketArn, below: ARTIFACTS }, EVERY_ARTIFACT);
    holder.addEnvironment('ARES_ARTIFACT_BUCKET', bucketName);
    // Uploads of parts and their completion are s3:PutObject too. Versions are not named: what was deleted stays recoverable.
    const actions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];
    this.#allow(holder, actions, this.bucket.arnForObjects(ARTIFACTS));
    this.#allow(holder, ['s3:ListBucket'], bucketArn);
    this.#encryption.grantVia(holder, 's3', 'write');
  }

  #allow(holder: Holder, actions: string[], resource: string): void {
    holder.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  }
}
