import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';
import type { Holder } from './holder.ts';

export interface AlertTopicProps {
  /** What alarms' names begin with. */
  readonly prefix: string;
  readonly encryption: EncryptionKey;
  readonly emails: readonly string[];
}

/** Where alarms and notices go, and from there to people. */
export class AlertTopic extends Construct {
  readonly topic: sns.Topic;
  readonly #encryption: EncryptionKey;

  constructor(scope: Construct, id: string, { prefix, encryption, emails }: AlertTopicProps) {
    super(scope, id);
    this.#encryption = encryption;
    this.topic = new sns.Topic(this, 'Topic', { displayName: 'Ares', masterKey: encryption.key, enforceSSL: true });
    const { account, region, partition } = Stack.of(this);
    // A topic with a policy of its own has lost the one that lets its account's alarms in.
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisStage',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${prefix}*` },
        },
      }),
    );
    encryption.allowAlarms();
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  grantPublish(holder: Holder): void {
    holder.addEnvironment('ARES_ALERT_TOPIC_ARN', this.topic.topicArn);
    holder.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    this.#encryption.grantVia(holder, 'sns', 'write');
  }
}
