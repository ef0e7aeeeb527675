import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteMetrics } from '../../../src/adapters/local/sqlite-metrics.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Metric } from '../../../src/core/ports/metrics.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function open() {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  return { metrics: createSqliteMetrics(db), rows: () => db.prepare('SELECT * FROM metrics ORDER BY name, at').all() };
}

const metric = (overrides: Partial<Metric> = {}): Metric => ({
  name: 'DecisionLatency',
  value: 1.25,
  unit: 'Milliseconds',
  at: epochMillis(1_640_995_200_000),
  dimensions: { slot: 'paper:trend:BTC/USDT:1m', component: 'trader' },
  ...overrides,
});

test('keeps every metric as a row of its time series', async () => {
  const { metrics, rows } = open();
  await metrics.record([metric(), metric({ at: epochMillis(1_640_995_260_000), value: -3 })]);
  await metrics.record([]);
  const dimensions = '{"component":"trader","slot":"paper:trend:BTC/USDT:1m"}';
  const row = { name: 'DecisionLatency', unit: 'Milliseconds', dimensions };
  expect(rows()).toEqual([
    { ...row, at: 1_640_995_200_000, value: 1.25 },
    { ...row, at: 1_640_995_260_000, value: -3 },
  ]);
});

test('refuses what no metric store takes, and records nothing of that call', async () => {
  const { metrics, rows } = open();
  const four = { a: '1', b: '2', c: '3', d: '4' };
  for (const wrong of [metric({ value: Number.NaN }), metric({ dimensions: four })]) {
    await expect(metrics.record([metric(), wrong])).rejects.toMatchObject({ code: 'METRIC_INVALID' });
  }
  expect(rows()).toEqual([]);
});
