import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { MoneyAlarm } from './money-alarm.ts';

/** Those that somebody waits for; each one more in an alarm is paid for. */
export const LEDGER_OPERATIONS = ['GetItem', 'Query', 'TransactWriteItems'] as const;
/** DynamoDB answers within ten milliseconds or so; tenfold is a fault of its, or of a key that everybody wants. */
const SLOW_MS = 100;

export interface LedgerAlarmsProps {
  readonly stage: string;
  readonly tables: Readonly<Record<'state' | 'registry' | 'audit', ITable>>;
  readonly topic: AlertTopic;
}

/** Alarms over the ledger's tables as DynamoDB itself sees them. */
export class LedgerAlarms extends Construct {
  readonly alarms: readonly MoneyAlarm[];

  constructor(scope: Construct, id: string, { stage, tables, topic }: LedgerAlarmsProps) {
    super(scope, id);
    const runbook = '#aws-the-ledger-is-slow-throttled-or-failing';
    const each = Object.entries(tables).flatMap(([name, table]) => [
      new MoneyAlarm(this, `${name}-throttled`, {
        name: `ares-${stage}-ledger-throttled-${name}`,
        metric: sumOf(
          ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metricName) => ledgerMetric(table, metricName, 'Sum')),
        ),
        threshold: 1,
        periods: 5,
        // One throttled request is tried again and nobody notices; throttling that stays is felt.
        datapoints: 3,
        missingData: 'notBreaching',
        impact: `Requests to the table "${name}" are refused for being too many: commits are tried again and come late, and the trader ends when its journal cannot be written.`,
        runbook,
        topic,
      }),
      new MoneyAlarm(this, `${name}-failing`, {
        name: `ares-${stage}-ledger-failing-${name}`,
        metric: sumOf(LEDGER_OPERATIONS.map((operation) => ledgerMetric(table, 'SystemErrors', 'Sum', operation))),
        threshold: 5,
        periods: 2,
        missingData: 'notBreaching',
        impact: `DynamoDB fails at requests to the table "${name}": what cannot be journalled is not traded, and an open position may be unwatched.`,
        runbook,
        topic,
      }),
    ]);
    this.alarms = [
      ...each,
      new MoneyAlarm(this, 'slow', {
        name: `ares-${stage}-ledger-slow`,
        // Of the averages, as AWS advises: a single slow request among thousands says nothing. A commit spans all three tables and begins in this one.
        metric: new MathExpression({
          expression: `MAX([${LEDGER_OPERATIONS.map((_, at) => `FILL(m${at}, 0)`).join(', ')}])`,
          usingMetrics: metricsByName(
            LEDGER_OPERATIONS.map((operation) =>
              ledgerMetric(tables.state, 'SuccessfulRequestLatency', 'Average', operation),
            ),
          ),
          label: 'slowest operation, ms',
          period: Duration.minutes(5),
        }),
        threshold: SLOW_MS,
        comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
        periods: 3,
        missingData: 'notBreaching',
        impact:
          'The ledger answers slowly: the lease, halts and new models take effect late, and the books lag behind the exchange.',
        runbook,
        topic,
      }),
    ];
  }
}

/** What DynamoDB measures of a table, or of one operation on it, over five minutes. */
export function ledgerMetric(table: ITable, metricName: string, statistic: string, operation?: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName, ...(operation ? { Operation: operation } : {}) },
    statistic,
    period: Duration.minutes(5),
    ...(operation ? { label: operation } : {}),
  });
}

const metricsByName = (metrics: readonly Metric[]): Record<string, Metric> =>
  Object.fromEntries(metrics.map((metric, at) => [`m${at}`, metric]));

/** DynamoDB reports nothing where there was nothing, and a sum with a gap would be a gap. */
function sumOf(metrics: readonly Metric[]): MathExpression {
  return new MathExpression({
    expression: metrics.map((_, at) => `FILL(m${at}, 0)`).join(' + '),
    usingMetrics: metricsByName(metrics),
    label: 'requests',
    period: Duration.minutes(5),
  });
}
