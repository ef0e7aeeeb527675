import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';

/** Where an alarm sends its reader. */
const RUNBOOK = 'docs/runbook.md';

export interface MoneyAlarmProps {
  /** Unique in the account and region: `ares-paper-…`. */
  readonly name: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** At or above the threshold when absent. */
  readonly comparison?: cloudwatch.ComparisonOperator;
  /** Periods of the metric that are looked at; 1 when absent. */
  readonly periods?: number;
  /** How many of them must be beyond the threshold; all when absent. */
  readonly datapoints?: number;
  /** What silence means: for a sign of life it is `breaching`. */
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore';
  /** What it means for the money. */
  readonly impact: string;
  /** The section of the runbook. */
  readonly runbook: `#${string}`;
  readonly topic: AlertTopic;
}

const MISSING: Readonly<Record<MoneyAlarmProps['missingData'], cloudwatch.TreatMissingData>> = {
  breaching: cloudwatch.TreatMissingData.BREACHING,
  notBreaching: cloudwatch.TreatMissingData.NOT_BREACHING,
  ignore: cloudwatch.TreatMissingData.IGNORE,
};

/** An alarm that says what it means for the money and where to read on; people hear of its beginning and its end. */
export class MoneyAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: MoneyAlarmProps) {
    super(scope, id);
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmName: props.name,
      alarmDescription: `${props.impact} What to do: ${RUNBOOK}${props.runbook}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      datapointsToAlarm: props.datapoints,
      treatMissingData: MISSING[props.missingData],
    });
    const tell = new SnsAction(props.topic.topic);
    this.alarm.addAlarmAction(tell);
    this.alarm.addOkAction(tell);
  }
}
