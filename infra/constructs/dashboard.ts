import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { prefixOf, type StageConfig } from '../../src/compose/stage-config.ts';
import { functions } from '../../src/compose/wiring.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { aresMetric } from './ares-metric.ts';
import { LEDGER_OPERATIONS, ledgerMetric } from './ledger-alarms.ts';
import { MoneyAlarm } from './money-alarm.ts';

export interface DashboardProps {
  readonly config: StageConfig;
  readonly slots: readonly SlotId[];
  readonly cluster: string;
  /** The names of the traders' services. */
  readonly services: readonly string[];
  readonly tables: Readonly<Record<'state' | 'registry' | 'audit', ITable>>;
}

const WHOLE = 24;
const HALF = 12;
const THIRD = 8;

/** One page for the whole stage: first what costs money, last what it runs on. Below fifty metrics for one slot, which is what CloudWatch shows for nothing. */
export class Dashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.name = `ares-${props.config.stage}`;
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: this.name,
      defaultInterval: Duration.hours(6),
      widgets: [
        [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: this.#alarms(), width: WHOLE, height: 4 })],
        this.#money(props),
        this.#traders(props),
        this.#functions(props),
        this.#ledger(props),
      ],
    });
  }

  /** Every alarm of the app; by name, so that no stack has to export anything for it. */
  #alarms(): cloudwatch.IAlarm[] {
    const all = this.node.root.node.findAll().filter((construct) => construct instanceof MoneyAlarm);
    return all.map(({ alarm }, at) => {
      const { alarmName } = alarm.node.defaultChild as cloudwatch.CfnAlarm;
      const arn = Stack.of(this).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: alarmName ?? '',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      return cloudwatch.Alarm.fromAlarmArn(this, `Alarm${at}`, arn);
    });
  }

  #money({ config, slots }: DashboardProps): cloudwatch.IWidget[] {
    const perSlot = (name: 'drawdown' | 'day-loss') =>
      slots.map((slot) => aresMetric(name, { stage: config.stage, slot, statistic: 'Minimum' }).with({ label: slot }));
    return [
      graph('Loss since the highest equity (fraction)', HALF, perSlot('drawdown')),
      graph('Loss of the day (fraction)', HALF, perSlot('day-loss')),
    ];
  }

  #traders({ config, slots, cluster, services }: DashboardProps): cloudwatch.IWidget[] {
    const { stage } = config;
    const perSlot = (name: 'trader' | 'error-rate') =>
      slots.map((slot) => aresMetric(name, { stage, slot, statistic: 'Maximum' }));
    const use = (metricName: string, service: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/ECS',
        metricName,
        dimensionsMap: { ClusterName: cluster, ServiceName: service },
        statistic: 'Average',
        label: `${metricName} ${service}`,
      });
    return [
      graph('Traders: silence (ms), errors (share)', THIRD, perSlot('trader'), { right: perSlot('error-rate') }),
      graph('Exchange: latency (ms)', THIRD, [aresMetric('exchange', { stage, statistic: 'Average' })]),
      graph(
        'Traders: processor and memory (%)',
        THIRD,
        services.flatMap((service) => [use('CPUUtilization', service), use('MemoryUtilization', service)]),
      ),
    ];
  }

  #functions({ config }: DashboardProps): cloudwatch.IWidget[] {
    const prefix = prefixOf(config);
    const each = (metricName: string, statistic: string) =>
      functions.map(
        ({ name }) =>
          new cloudwatch.Metric({
            namespace: 'AWS/Lambda',
            metricName,
            dimensionsMap: { FunctionName: `${prefix}${name}` },
            statistic,
            label: name,
          }),
      );
    const dead = functions.map(
      ({ name }) =>
        new cloudwatch.Metric({
          namespace: 'AWS/SQS',
          metricName: 'ApproximateNumberOfMessagesVisible',
          dimensionsMap: { QueueName: `${prefix}${name}-dead-letters` },
          statistic: 'Maximum',
          label: name,
        }),
    );
    return [
      graph('Functions: invocations', HALF / 2, each('Invocations', 'Sum')),
      graph('Functions: errors', HALF / 2, each('Errors', 'Sum')),
      graph('Functions: duration, p95 (ms)', HALF / 2, each('Duration', 'p95')),
      graph('Dead letters', HALF / 2, dead, {
        right: [aresMetric('outbox-stuck', { stage: config.stage, statistic: 'Maximum' })],
      }),
    ];
  }

  #ledger({ tables }: DashboardProps): cloudwatch.IWidget[] {
    const throttled = Object.entries(tables).flatMap(([name, table]) =>
      (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metricName) =>
        ledgerMetric(table, metricName, 'Sum').with({ label: `${name} ${metricName}` }),
      ),
    );
    return [
      graph(
        'Ledger: latency of the state table (ms)',
        HALF,
        LEDGER_OPERATIONS.map((operation) =>
          ledgerMetric(tables.state, 'SuccessfulRequestLatency', 'Average', operation),
        ),
      ),
      graph('Ledger: throttled requests', HALF, throttled),
    ];
  }
}

const graph = (
  title: string,
  width: number,
  left: cloudwatch.IMetric[],
  more: { readonly right?: cloudwatch.IMetric[] } = {},
): cloudwatch.GraphWidget => new cloudwatch.GraphWidget({ title, width, height: 6, left, ...more });
