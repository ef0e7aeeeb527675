import type { LoggedMetric } from './metric-point.ts';
import type { KeyValue } from './run-tag.ts';

/** What a run logs at once. */
export interface Batch {
  readonly metrics: readonly LoggedMetric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}
