import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventName } from '../../src/core/events/catalogue.ts';
import { patternOfEvents } from '../../src/core/events/pattern-of-events.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { AlertTopic } from './alert-topic.ts';
import { DeadLetters } from './dead-letters.ts';
import { deliveryLimits } from './delivery-limits.ts';
import type { EventBusOfAres } from './event-bus-of-ares.ts';
import type { Holder } from './holder.ts';
import { MoneyAlarm } from './money-alarm.ts';
import { rulePattern } from './rule-pattern.ts';

export interface CommandQueueProps {
  readonly name: string;
  readonly events: readonly EventName[];
  /** Whose commands these are; events of no slot are for everybody. */
  readonly slot: SlotId;
  readonly bus: EventBusOfAres;
  readonly alerts: AlertTopic;
}

const IMPACT =
  'The trader has not taken a command for minutes: it may trade on with an old model, old limits, or although it was halted.';

/** Brings the trader of one slot the events that it must act on. */
export class CommandQueue extends Construct {
  readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, props: CommandQueueProps) {
    super(scope, id);
    const { name, bus, alerts } = props;
    const dead = new DeadLetters(this, 'DeadLetters', { of: name, impact: IMPACT, alerts });
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: name,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(30),
      receiveMessageWaitTime: Duration.seconds(20),
      // A trader that starts reads the ledger: what is older tells it nothing.
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: dead.queue, maxReceiveCount: 5 },
    });
    const rule = new events.Rule(this, 'Rule', {
      ruleName: name,
      description: `Commands for the trader of ${props.slot}`,
      eventBus: bus.bus,
      eventPattern: rulePattern(props.events),
      targets: [new SqsQueue(this.queue, { deadLetterQueue: dead.queue, ...deliveryLimits })],
    });
    const pattern = { ...patternOfEvents(props.events), detail: { metadata: { slot: [null, props.slot] } } };
    // CloudFormation refuses a template that holds a null, and takes a pattern as text.
    (rule.node.defaultChild as events.CfnRule).addPropertyOverride('EventPattern', JSON.stringify(pattern));
    new MoneyAlarm(this, 'Waiting', {
      name: `${name}-waiting`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 120,
      periods: 3,
      missingData: 'notBreaching',
      impact: IMPACT,
      runbook: '#aws-commands-wait',
      topic: alerts,
    });
  }

  grantConsume(holder: Holder): void {
    holder.addEnvironment('ARES_COMMAND_QUEUE_URL', this.queue.queueUrl);
    holder.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: [this.queue.queueArn],
      }),
    );
  }
}
