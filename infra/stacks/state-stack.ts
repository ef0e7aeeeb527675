import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { prefixOf, type StageConfig } from '../../src/compose/stage-config.ts';
import { outputOf } from '../../src/compose/stage-outputs.ts';
import { AlertTopic } from '../constructs/alert-topic.ts';
import { ArtifactBucket } from '../constructs/artifact-bucket.ts';
import { EncryptionKey } from '../constructs/encryption-key.ts';
import { ExchangeKeys } from '../constructs/exchange-keys.ts';
import type { EnvName } from '../constructs/holder.ts';
import { LedgerTables } from '../constructs/ledger-tables.ts';
import { ModelBucket } from '../constructs/model-bucket.ts';

export interface StateStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What must outlive everything else: ledger, models, artifacts, exchange keys, and who is told. */
export class StateStack extends Stack {
  readonly encryption: EncryptionKey;
  readonly ledger: LedgerTables;
  readonly models: ModelBucket;
  readonly artifacts: ArtifactBucket;
  readonly exchangeKeys: ExchangeKeys;
  readonly alerts: AlertTopic;

  constructor(scope: Construct, id: string, { config, ...props }: StateStackProps) {
    super(scope, id, { terminationProtection: true, ...props });
    const prefix = prefixOf(config);
    this.encryption = new EncryptionKey(this, 'EncryptionKey', { alias: `ares-${config.stage}` });
    const { encryption } = this;
    this.ledger = new LedgerTables(this, 'Ledger', { encryption });
    this.models = new ModelBucket(this, 'Models', { encryption, retentionDays: config.modelRetentionDays });
    this.artifacts = new ArtifactBucket(this, 'Artifacts', { encryption });
    const accounts = [...new Set(config.slots.map(({ account }) => account))];
    this.exchangeKeys = new ExchangeKeys(this, 'ExchangeKeys', {
      secretPrefix: `${prefix}keys`,
      accounts,
      encryption,
    });
    this.alerts = new AlertTopic(this, 'Alerts', { prefix, encryption, emails: config.alerts.emails });
    this.#say();
  }

  #say(): void {
    const values = {
      ARES_STATE_TABLE: this.ledger.state.tableName,
      ARES_REGISTRY_TABLE: this.ledger.registry.tableName,
      ARES_AUDIT_TABLE: this.ledger.audit.tableName,
      ARES_MODEL_BUCKET: this.models.bucket.bucketName,
      ARES_ARTIFACT_BUCKET: this.artifacts.bucket.bucketName,
      ARES_KEYS_SECRET_PREFIX: this.exchangeKeys.secretPrefix,
      ARES_ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      ARES_CIPHER_KEY_ARN: this.encryption.key.keyArn,
    } as const;
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, outputOf(name as EnvName), { value });
  }
}
