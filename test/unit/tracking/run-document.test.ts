import { expect, test } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { runOf } from '../../../src/core/tracking/run-document.ts';
import { searchedRun } from '../../../src/core/tracking/searched-run.ts';
import { trackingDesk } from '../../support/tracking-desk.ts';

test.each([[{}], [{ runId: 'r' }], [{ runId: 7, startTime: 1 }], [{ runId: 'r', startTime: '1' }]])(
  'an item that holds %j is no run, and the error names it',
  (value) => {
    const item = { key: keys.run('r'), version: 1, value };
    expect(() => runOf(item as never)).toThrow(/run#r must be a run, was/);
  },
);

test('a run is searched by what it was read for, where that was said', async () => {
  const { newRun } = trackingDesk();
  const dataset = { name: 'candles', digest: 'd', sourceType: 'local', source: '{}' };
  const run = {
    ...(await newRun()),
    datasets: [
      { ...dataset, tags: [['mlflow.data.context', 'training'] as const] },
      { ...dataset, schema: '{}', profile: '{}', tags: [] },
    ],
  };
  const { searchable, json } = searchedRun({ run, version: 1 });
  expect(searchable.datasets).toEqual([
    { name: 'candles', digest: 'd', context: 'training' },
    { name: 'candles', digest: 'd' },
  ]);
  expect(JSON.parse(json()).inputs.dataset_inputs[1].dataset).toMatchObject({ schema: '{}', profile: '{}' });
  expect(json()).toBe(json());
});
