import { describe, expect, it } from 'vitest';
import { comparisonRows } from '../../../../../apps/dashboard/page/registry/comparison-rows.ts';
import { runColumns } from '../../../../../apps/dashboard/page/registry/run-columns.ts';
import { runDuration, runName } from '../../../../../apps/dashboard/page/registry/run-facts.ts';
import { sortByDuration } from '../../../../../apps/dashboard/page/registry/sort-by-duration.ts';
import { runFixture } from './run-fixture.ts';

describe('a table of runs', () => {
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`m${i}`, i]));
  const shown = (chosen: ReadonlyMap<string, boolean>, sortedBy: string) =>
    runColumns([runFixture('a', { metrics: many, params: { leaves: '31' } })], chosen, sortedBy)
      .filter((column) => column.shown)
      .map(({ id }) => id);

  it('shows the first metrics and parameters, and what somebody chose', () => {
    expect(shown(new Map(), '')).toEqual([
      'metrics.m0',
      'metrics.m1',
      'metrics.m2',
      'metrics.m3',
      'metrics.m4',
      'params.leaves',
    ]);
    expect(
      shown(
        new Map([
          ['metrics.m7', true],
          ['metrics.m0', false],
          ['params.leaves', false],
        ]),
        '',
      ),
    ).toEqual(['metrics.m1', 'metrics.m2', 'metrics.m3', 'metrics.m4', 'metrics.m7']);
  });

  it('always shows the column it is sorted by, even when none of these runs has it', () => {
    expect(shown(new Map([['metrics.m7', false]]), 'metrics.m7')).toContain('metrics.m7');
    expect(shown(new Map(), 'params.depth')).toContain('params.depth');
  });

  it('puts the keys that most runs have first', () => {
    const runs = [runFixture('a', { metrics: { b: 1 } }), runFixture('b', { metrics: { a: 1, b: 2 } })];
    expect(runColumns(runs, new Map(), '').map(({ key }) => key)).toEqual(['b', 'a']);
  });

  it('sorts by duration with those that still run last, either way', () => {
    const runs = [runFixture('runs'), runFixture('long', { took: 90 }), runFixture('short', { took: 5 })];
    const ids = (descending: boolean) => sortByDuration(runs, descending).map(({ info }) => info.run_id);
    expect(ids(true)).toEqual(['long', 'short', 'runs']);
    expect(ids(false)).toEqual(['short', 'long', 'runs']);
  });

  it('knows no duration of a run that runs, and names a run without a name by its id', () => {
    expect([runDuration(runFixture('a')), runDuration(runFixture('a', { took: 7 }))]).toEqual([undefined, 7]);
    const { info, data } = runFixture('0123456789abcdef');
    expect(runName({ info: { ...info, run_name: '' }, data })).toBe('01234567');
  });
});

describe('runs side by side', () => {
  it('say where they differ, by the whole value and not by what is shown of it', () => {
    const rows = comparisonRows([
      runFixture('a', { metrics: { accuracy: 0.5000001, loss: 1 }, params: { leaves: '31' }, tags: { note: 'x' } }),
      runFixture('b', { metrics: { accuracy: 0.5000002, loss: 1 }, tags: { 'mlflow.user': 'ada' } }),
    ]);
    expect(rows).toEqual([
      { kind: 'metric', key: 'accuracy', values: ['0.5', '0.5'], differs: true },
      { kind: 'metric', key: 'loss', values: ['1', '1'], differs: false },
      { kind: 'parameter', key: 'leaves', values: ['31', ''], differs: true },
      { kind: 'tag', key: 'note', values: ['x', ''], differs: true },
    ]);
  });
});
