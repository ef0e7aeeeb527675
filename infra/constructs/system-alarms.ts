import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { aresMetric } from './ares-metric.ts';
import { MoneyAlarm } from './money-alarm.ts';

const EXCHANGE_SLOW_MS = 1_000;

/** Alarms over what Ares measures of itself as a whole. */
export class SystemAlarms extends Construct {
  readonly alarms: readonly MoneyAlarm[];

  constructor(scope: Construct, id: string, props: { readonly stage: string; readonly topic: AlertTopic }) {
    super(scope, id);
    const { stage, topic } = props;
    const name = (what: string): string => `ares-${stage}-${what}`;
    const above = ComparisonOperator.GREATER_THAN_THRESHOLD;
    this.alarms = [
      new MoneyAlarm(this, 'Exchange', {
        name: name('exchange-slow'),
        metric: aresMetric('exchange', { stage, statistic: 'Average' }),
        threshold: EXCHANGE_SLOW_MS,
        comparison: above,
        periods: 5,
        // An exchange that does not answer has no latency.
        missingData: 'breaching',
        impact:
          'The exchange answers slowly or not at all: orders may be late or without an answer, and an open position cannot be left while it lasts.',
        runbook: '#aws-the-exchange-is-slow-or-does-not-answer',
        topic,
      }),
      new MoneyAlarm(this, 'Outbox', {
        name: name('outbox-stuck'),
        metric: aresMetric('outbox-stuck', { stage, statistic: 'Maximum' }),
        threshold: 1,
        periods: 3,
        // The sweeper says a number each minute, also 0.
        missingData: 'breaching',
        impact:
          'Events that were committed are not published: a halt, a new limit or a new model reaches the trader late or not at all.',
        runbook: '#aws-events-are-stuck-in-the-outbox',
        topic,
      }),
    ];
  }
}
