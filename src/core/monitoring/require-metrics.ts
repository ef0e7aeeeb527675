import { AresError } from '../ares-error.ts';
import type { Metric } from '../ports/metrics.ts';

const MAX_DIMENSIONS = 3;

/** @throws AresError `METRIC_INVALID` naming the first metric that no store takes */
export function requireMetrics(metrics: readonly Metric[]): void {
  for (const { name, value, dimensions } of metrics) {
    const refuse = (reason: string, data: Record<string, string | number> = {}) =>
      new AresError('METRIC_INVALID', `metric ${name} must ${reason}`, { name, ...data });
    if (!Number.isFinite(value)) throw refuse(`be a finite number, was ${value}`);
    const count = Object.keys(dimensions).length;
    if (count > MAX_DIMENSIONS) throw refuse(`have at most ${MAX_DIMENSIONS} dimensions, had ${count}`, { count });
  }
}
