/** When a metric is an alert; larger is better. */
export interface AlertRule {
  readonly threshold: number;
  /** The best the metric can be, so that no alert waits for more than that. */
  readonly best: number;
  /** Share of the threshold's size by which the metric must be back above it before the alert ends. */
  readonly hysteresis: number;
  /** With fewer samples nothing is said. */
  readonly minimumSamples: number;
}

export type Verdict = 'breached' | 'recovered' | 'unchanged';

/** What a measurement changes; a metric that is missing although there are samples enough is a breach. */
export function judgeMetric(value: number | null, samples: number, rule: AlertRule, raised: boolean): Verdict {
  if (samples < rule.minimumSamples) return 'unchanged';
  if (!raised) return value === null || value < rule.threshold ? 'breached' : 'unchanged';
  const back = Math.min(rule.best, rule.threshold + rule.hysteresis * Math.abs(rule.threshold));
  return value !== null && value >= back ? 'recovered' : 'unchanged';
}
