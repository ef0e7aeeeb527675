import { createEmfMetrics } from '../../adapters/aws/emf-metrics.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { readEnv } from '../env.ts';

let built: Metrics | undefined;

export const metrics = (): Metrics => {
  built ??= createEmfMetrics({ stage: readEnv().ARES_STAGE });
  return built;
};
