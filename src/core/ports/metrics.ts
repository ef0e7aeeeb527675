import type { EpochMillis } from './clock.ts';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Percent' | 'Bytes' | 'None';

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: MetricUnit;
  readonly at: EpochMillis;
  /** At most three: each combination is a time series that is paid for. */
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Metrics {
  record(metrics: readonly Metric[]): Promise<void>;
}
