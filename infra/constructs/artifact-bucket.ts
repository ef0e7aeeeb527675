import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeAllBelow } from './acknowledge.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { Holder } from './holder.ts';
import { privateBucket } from './private-bucket.ts';

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
    this.bucket = privateBucket(this, {
      encryption,
      noAccessLog: NO_ACCESS_LOG,
      lifecycleRules: [{ id: 'deleted', noncurrentVersionExpiration: RECOVERABLE, expiredObjectDeleteMarker: true }],
    });
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
