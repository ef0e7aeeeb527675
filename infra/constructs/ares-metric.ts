import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What Ares measures of itself, as the function `monitor-system` and the sweeper name it. */
export type AresMetricName = 'trader' | 'error-rate' | 'exchange' | 'drawdown' | 'day-loss' | 'outbox-stuck';

/** One of Ares' own figures, each minute; `statistic` is the worst of the minute where it stands for harm. */
export function aresMetric(
  name: AresMetricName,
  of: { readonly stage: string; readonly slot?: string; readonly statistic: 'Average' | 'Maximum' | 'Minimum' },
): Metric {
  const { slot, stage, statistic } = of;
  return new Metric({
    namespace: 'Ares',
    metricName: name,
    dimensionsMap: { Stage: stage, ...(slot ? { slot } : {}) },
    statistic,
    period: Duration.minutes(1),
  });
}
