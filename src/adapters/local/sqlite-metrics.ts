import type { DatabaseSync } from 'node:sqlite';
import { AresError } from '../../core/ares-error.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { transact } from './transact.ts';

const MAX_DIMENSIONS = 3;

/** Metrics as rows of a time series. */
export function createSqliteMetrics(db: DatabaseSync): Metrics {
  const add = db.prepare('INSERT INTO metrics (name, at, value, unit, dimensions) VALUES (?, ?, ?, ?, ?)');
  return {
    async record(metrics) {
      for (const { name, value, dimensions } of metrics) {
        if (!Number.isFinite(value))
          throw new AresError('METRIC_INVALID', `metric ${name} must be a finite number, was ${value}`, { name });
        const count = Object.keys(dimensions).length;
        if (count > MAX_DIMENSIONS) {
          throw new AresError(
            'METRIC_INVALID',
            `metric ${name} must have at most ${MAX_DIMENSIONS} dimensions, had ${count}`,
            { name, count },
          );
        }
      }
      if (metrics.length === 0) return;
      transact(db, () => {
        for (const { name, at, value, unit, dimensions } of metrics)
          add.run(name, at, value, unit, canonicalJson(dimensions));
      });
    },
  };
}
