import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteMetrics } from '../../adapters/local/sqlite-metrics.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { readEnv } from '../env.ts';

let built: Metrics | undefined;

export const metrics = (): Metrics => {
  built ??= createSqliteMetrics(openDatabase(readEnv().ARES_DATA_DIR));
  return built;
};
