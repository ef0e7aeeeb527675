import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeAllBelow } from './acknowledge.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { Holder } from './holder.ts';
import { privateBucket } from './private-bucket.ts';

/** Every model's key; nothing else is kept in the bucket. */
const MODELS = 'models/*';

const NO_ACCESS_LOG =
  'Who registered and promoted which model stands in the audit trail; bytes that were changed do not have their hash and are refused.';
const EVERY_MODEL =
  'A model is known by its hash, which nobody knows before it is registered: only the prefix can be named.';

export interface ModelBucketProps {
  readonly encryption: EncryptionKey;
  /** With it nobody can delete or overwrite a model's bytes for so many days. */
  readonly retentionDays?: number | undefined;
}

/** Model bytes, each under its hash: written once, never deleted by anything of Ares. */
export class ModelBucket extends Construct {
  readonly bucket: s3.Bucket;
  readonly #encryption: EncryptionKey;

  constructor(scope: Construct, id: string, { encryption, retentionDays }: ModelBucketProps) {
    super(scope, id);
    this.#encryption = encryption;
    this.bucket = privateBucket(this, {
      encryption,
      noAccessLog: NO_ACCESS_LOG,
      ...(retentionDays === undefined
        ? {}
        : { objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(retentionDays)) }),
    });
  }

  grantRead(holder: Holder): void {
    acknowledgeAllBelow(holder, { stack: Stack.of(this), arn: this.bucket.bucketArn, below: MODELS }, EVERY_MODEL);
    holder.addEnvironment('ARES_MODEL_BUCKET', this.bucket.bucketName);
    this.#allow(holder, ['s3:GetObject'], this.bucket.arnForObjects(MODELS));
    // Without it a model that is not there is answered with "forbidden".
    this.#allow(holder, ['s3:ListBucket'], this.bucket.bucketArn);
    this.#encryption.grantVia(holder, 's3', 'read');
  }

  /** Reading too: what is there already is compared, not written again. */
  grantWrite(holder: Holder): void {
    this.grantRead(holder);
    this.#allow(holder, ['s3:PutObject', 's3:AbortMultipartUpload'], this.bucket.arnForObjects(MODELS));
    this.#encryption.grantVia(holder, 's3', 'write');
  }

  #allow(holder: Holder, actions: string[], resource: string): void {
    holder.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  }
}
