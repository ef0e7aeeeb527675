import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { AlertTopic } from './alert-topic.ts';
import { aresMetric } from './ares-metric.ts';
import { MoneyAlarm } from './money-alarm.ts';
import { slotName } from './slot-name.ts';

/** Warned at this share of a limit: at the limit itself the trader has already stopped growing the position. */
const SHARE_OF_LIMIT = 0.75;
const PERCENT = { cpu: 85, memory: 85 } as const;
/** In milliseconds; the trader beats every ten seconds, and a deployment is done in less than three minutes. */
const SILENT_AFTER_MS = 60_000;
/** A share of its decisions. */
const ERROR_RATE = 0.05;

export interface SlotAlarmsProps {
  readonly stage: string;
  readonly slot: SlotId;
  /** Where its task runs. */
  readonly cluster: string;
  readonly service: string;
  /** Fractions at which the live configuration begins to hold the position down. */
  readonly limits: { readonly dayLoss: number; readonly drawdown: number };
  readonly topic: AlertTopic;
}

/** Alarms of one slot: its money, its trader and its task. Whether commands reach it is told by their queue. */
export class SlotAlarms extends Construct {
  readonly alarms: readonly MoneyAlarm[];

  constructor(scope: Construct, id: string, props: SlotAlarmsProps) {
    super(scope, id);
    this.alarms = [...this.#money(props), ...this.#trader(props), ...this.#task(props)];
  }

  #money({ stage, slot, limits, topic }: SlotAlarmsProps): readonly MoneyAlarm[] {
    const name = slotName(slot);
    const loss = (what: 'drawdown' | 'day-loss', limit: number, words: string): MoneyAlarm =>
      new MoneyAlarm(this, what, {
        name: `ares-${stage}-${what}-${name}`,
        metric: aresMetric(what, { stage, slot, statistic: 'Minimum' }),
        threshold: -SHARE_OF_LIMIT * limit,
        comparison: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        // Before the first trade there is nothing to lose; a monitor that stopped is told by the trader's own alarm.
        missingData: 'notBreaching',
        impact: `${words} has reached three quarters of its limit (${limit}): money is being lost, and at the limit the position may only shrink.`,
        runbook: '#aws-a-slot-loses-money',
        topic,
      });
    return [
      loss('drawdown', limits.drawdown, 'The loss since the highest equity'),
      loss('day-loss', limits.dayLoss, 'The loss of the day'),
    ];
  }

  #trader({ stage, slot, topic }: SlotAlarmsProps): readonly MoneyAlarm[] {
    const name = slotName(slot);
    const above = ComparisonOperator.GREATER_THAN_THRESHOLD;
    return [
      new MoneyAlarm(this, 'heartbeat', {
        name: `ares-${stage}-trader-silent-${name}`,
        metric: aresMetric('trader', { stage, slot, statistic: 'Maximum' }),
        threshold: SILENT_AFTER_MS,
        comparison: above,
        periods: 4,
        // No figure means that nobody looks, which is no better.
        missingData: 'breaching',
        impact:
          'The trader has not reported for minutes, or nobody looks whether it does: an open position may be unwatched, and nothing would close it.',
        runbook: '#aws-the-trader-is-silent',
        topic,
      }),
      new MoneyAlarm(this, 'errors', {
        name: `ares-${stage}-trader-errors-${name}`,
        metric: aresMetric('error-rate', { stage, slot, statistic: 'Maximum' }),
        threshold: ERROR_RATE,
        comparison: above,
        periods: 5,
        datapoints: 3,
        missingData: 'notBreaching',
        impact: 'Decisions of the trader go wrong: positions are not what the model wants them to be.',
        runbook: '#aws-the-trader-makes-errors',
        topic,
      }),
    ];
  }

  #task({ stage, slot, cluster, service, topic }: SlotAlarmsProps): readonly MoneyAlarm[] {
    const name = slotName(slot);
    const metric = (metricName: string, statistic: string, minutes: number): Metric =>
      new Metric({
        namespace: 'AWS/ECS',
        metricName,
        dimensionsMap: { ClusterName: cluster, ServiceName: service },
        statistic,
        period: Duration.minutes(minutes),
      });
    return [
      new MoneyAlarm(this, 'running', {
        name: `ares-${stage}-task-stopped-${name}`,
        // Each running task reports its processor once a minute, so the samples count the tasks.
        metric: metric('CPUUtilization', 'SampleCount', 1),
        threshold: 1,
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        periods: 5,
        missingData: 'breaching',
        impact: 'No trader runs in the slot: nothing is traded, and an open position is not watched.',
        runbook: '#aws-the-trader-is-silent',
        topic,
      }),
      new MoneyAlarm(this, 'processor', {
        name: `ares-${stage}-processor-${name}`,
        metric: metric('CPUUtilization', 'Average', 5),
        threshold: PERCENT.cpu,
        periods: 3,
        missingData: 'notBreaching',
        impact: 'The trader is short of processor: it decides and sends orders late, at worse prices.',
        runbook: '#aws-the-trader-is-short-of-processor-or-memory',
        topic,
      }),
      new MoneyAlarm(this, 'memory', {
        name: `ares-${stage}-memory-${name}`,
        metric: metric('MemoryUtilization', 'Maximum', 1),
        threshold: PERCENT.memory,
        periods: 5,
        missingData: 'notBreaching',
        impact:
          'The trader is short of memory: out of it, it is killed, and its position is unwatched until the next start has recovered.',
        runbook: '#aws-the-trader-is-short-of-processor-or-memory',
        topic,
      }),
    ];
  }
}
