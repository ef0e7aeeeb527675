import type { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { requireMetrics } from '../../core/monitoring/require-metrics.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { transact } from './transact.ts';

/** Metrics as rows of a time series. */
export function createSqliteMetrics(db: DatabaseSync): Metrics {
  const add = db.prepare('INSERT INTO metrics (name, at, value, unit, dimensions) VALUES (?, ?, ?, ?, ?)');
  return {
    async record(metrics) {
      requireMetrics(metrics);
      if (metrics.length === 0) return;
      transact(db, () => {
        for (const { name, at, value, unit, dimensions } of metrics)
          add.run(name, at, value, unit, canonicalJson(dimensions));
      });
    },
  };
}
