import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteMetrics } from '../../../src/adapters/local/sqlite-metrics.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { metric, metricsContract, type Recorded } from './metrics-contract.ts';

function open() {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  const rows = () => db.prepare('SELECT * FROM metrics ORDER BY name, at').all();
  return {
    metrics: createSqliteMetrics(db),
    rows,
    recorded: () =>
      rows().map((row) => ({ ...row, dimensions: JSON.parse(String(row.dimensions)) }) as never as Recorded),
  };
}

metricsContract('SQLite', open);

test('the dimensions of one time series are always written the same way', async () => {
  const { metrics, rows } = open();
  await metrics.record([metric({ dimensions: { b: '2', a: '1' } }), metric({ dimensions: { a: '1', b: '2' } })]);
  expect(rows().map(({ dimensions }) => dimensions)).toEqual(['{"a":"1","b":"2"}', '{"a":"1","b":"2"}']);
});
