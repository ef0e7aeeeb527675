import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Holder } from './holder.ts';

/** The services that encrypt with the key on behalf of who uses them. */
type Via = 'dynamodb' | 's3' | 'sns' | 'secretsmanager';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [...READ, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** The one customer key of a stage; everything that is kept is encrypted with it. */
export class EncryptionKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, props: { readonly alias: string }) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      alias: props.alias,
      description: 'Encrypts the ledger, models, exchange keys and alerts of Ares',
      enableKeyRotation: true,
      // Without the key everything encrypted with it is lost, backups included.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Wrapping data keys of its own: the `Cipher` port. */
  grantUse(holder: Holder): void {
    holder.addEnvironment('ARES_CIPHER_KEY_ARN', this.key.keyArn);
    this.#allow(holder, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /** Reading or writing what the service encrypts with this key, and only through that service. */
  grantVia(grantee: iam.IGrantable, service: Via, access: 'read' | 'write'): void {
    this.#allow(grantee, access === 'read' ? READ : WRITE, {
      StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` },
    });
  }

  /** CloudWatch sends alarms to an encrypted topic only when the key itself lets it. */
  allowAlarms(): void {
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        // In a key's own policy this is the key.
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  #allow(grantee: iam.IGrantable, actions: string[], conditions?: Record<string, Record<string, string>>): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions, resources: [this.key.keyArn], ...(conditions ? { conditions } : {}) }),
    );
  }
}
