import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { MoneyAlarm } from './money-alarm.ts';

export interface FunctionAddressProps {
  readonly name: string;
  readonly target: lambda.Function;
  /** Answers of 500 or above in five minutes before someone is told. */
  readonly alarmAfterErrors: number;
  /** What it means for the money that requests are not answered. */
  readonly impact: string;
  readonly alerts: AlertTopic;
}

const RUNBOOK = '#aws-the-registry-does-not-answer';

/**
 * An address at which anybody can start a function, over TLS only.
 *
 * AWS checks nothing: the function itself asks every request for a token, as clients of MLflow send one and no signature of AWS.
 */
export class FunctionAddress extends Construct {
  /** With a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: FunctionAddressProps) {
    super(scope, id);
    const { name, target, alarmAfterErrors, impact, alerts: topic } = props;
    const { url } = target.addFunctionUrl({
      authType: lambda.FunctionUrlAuthType.NONE,
      invokeMode: lambda.InvokeMode.BUFFERED,
    });
    this.url = url;
    const period = Duration.minutes(5);
    const common = { missingData: 'notBreaching', impact, runbook: RUNBOOK, topic } as const;
    // The function answers its own faults, so that Lambda's count of errors does not see them.
    new MoneyAlarm(this, 'Faults', {
      ...common,
      name: `${name}-faults`,
      metric: target.metric('Url5xxCount', { period, statistic: 'Sum' }),
      threshold: alarmAfterErrors,
    });
    new MoneyAlarm(this, 'Throttled', {
      ...common,
      name: `${name}-throttled`,
      metric: target.metricThrottles({ period, statistic: 'Sum' }),
      threshold: 10,
      periods: 2,
    });
  }
}
