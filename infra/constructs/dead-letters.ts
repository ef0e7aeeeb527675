import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AlertTopic } from './alert-topic.ts';
import { MoneyAlarm } from './money-alarm.ts';

export interface DeadLettersProps {
  /** Of what could not handle them. */
  readonly of: string;
  /** What it means for the money that they were not handled. */
  readonly impact: string;
  readonly alerts: AlertTopic;
}

/** What could not be delivered or handled waits here for a person, who is told of the first. */
export class DeadLetters extends Construct {
  readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id);
    const name = `${props.of}-dead-letters`;
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: name,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.queue, 'AwsSolutions-SQS3', 'It is the dead-letter queue itself.');
    new MoneyAlarm(this, 'NotEmpty', {
      name,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      missingData: 'notBreaching',
      impact: props.impact,
      runbook: '#aws-dead-letters',
      topic: props.alerts,
    });
  }
}
