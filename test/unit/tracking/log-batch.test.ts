import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/core/tracking/batch.ts';
import { logBatch, logMetric } from '../../../src/core/tracking/log-batch.ts';
import type { LoggedMetric } from '../../../src/core/tracking/metric-point.ts';
import { readMetricHistory } from '../../../src/core/tracking/read-metric-history.ts';
import { readRun } from '../../../src/core/tracking/read-run.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { temporarySqliteLedger, trackingDesk } from '../../support/tracking-desk.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const metric = (key: string, value: number, step = 0, timestamp = 1): LoggedMetric => ({ key, value, step, timestamp });
const batch = (parts: Partial<Batch>): Batch => ({ metrics: [], params: [], tags: [], ...parts });
const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));

const set = async (ledger = createMemoryLedger()) => {
  const desk = trackingDesk(ledger);
  const { runId } = await desk.newRun();
  return { ...desk, ledger, runId, read: async () => (await readRun(ledger, runId)).run };
};

describe('a batch', () => {
  test('logs all it holds: one metric in one commit, a hundred with one append before it', async () => {
    const { ports, runId, read, work } = await set();
    const before = { ...work };
    await logBatch(ports, runId, batch({ metrics: [metric('a', 1)], params: [{ key: 'p', value: '1' }] }));
    expect([work.items - before.items, work.commits - before.commits, work.appends]).toEqual([1, 1, 0]);
    await logBatch(
      ports,
      runId,
      batch({ metrics: many(100, (at) => metric(`m${at}`, at)), tags: [{ key: 't', value: '1' }] }),
    );
    expect([work.items - before.items, work.commits - before.commits, work.appends]).toEqual([2, 2, 1]);
    const run = await read();
    expect(Object.keys(run.metrics)).toHaveLength(101);
    expect(run).toMatchObject({ params: { p: '1' }, tags: { t: '1' }, metrics: { a: [1, 1, 0], m99: [99, 1, 0] } });
  });

  test('logged again changes nothing and repeats nothing', async () => {
    const { ports, runId, read } = await set();
    const sent = [
      batch({ metrics: [metric('a', 1), metric('a', 1), metric('a', 2)] }),
      batch({ metrics: many(20, (at) => metric('b', at)) }),
    ];
    for (const each of [...sent, ...sent]) await logBatch(ports, runId, each);
    expect(await readMetricHistory(ports.ledger, runId, 'a')).toHaveLength(2);
    expect(await readMetricHistory(ports.ledger, runId, 'b')).toHaveLength(20);
    expect((await read()).metrics).toMatchObject({ a: [2, 1, 0], b: [19, 1, 0] });
  });

  test.each([
    ['1,001 metrics', { metrics: many(1_001, (at) => metric(`m${at}`, 1)) }],
    ['101 parameters', { params: many(101, (at) => ({ key: `p${at}`, value: '' })) }],
    ['101 tags', { tags: many(101, (at) => ({ key: `t${at}`, value: '' })) }],
    [
      '1,001 together',
      { metrics: many(950, (at) => metric(`m${at}`, 1)), tags: many(51, (at) => ({ key: `t${at}`, value: '' })) },
    ],
    [
      'a parameter twice',
      {
        params: [
          { key: 'p', value: '1' },
          { key: 'p', value: '1' },
        ],
      },
    ],
    ['a metric that leads elsewhere', { metrics: [metric('a/../b', 1)] }],
    ['a metric with a long name', { metrics: [metric('m'.repeat(251), 1)] }],
    ['a time before 1970', { metrics: [metric('a', 1, 0, -1)] }],
    ['a step beyond 64 bits', { metrics: [metric('a', 1, 2 ** 63)] }],
  ])('with %s is refused, and nothing is logged', async (_, parts) => {
    const { ports, runId, read } = await set();
    await expect(logBatch(ports, runId, batch(parts))).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    const { metrics, params } = await read();
    expect([metrics, params]).toEqual([{}, {}]);
  });

  test('refuses another value of a parameter, and takes the same one again', async () => {
    const { ports, runId, read } = await set();
    const param = { key: 'p', value: '1' };
    await logBatch(ports, runId, batch({ params: [param] }));
    await logBatch(ports, runId, batch({ params: [param] }));
    const changed = batch({ params: [{ key: 'p', value: '2' }], metrics: many(9, (at) => metric('a', at)) });
    await expect(logBatch(ports, runId, changed)).rejects.toThrow("{'key': 'p', 'old_value': '1', 'new_value': '2'}");
    expect(await readMetricHistory(ports.ledger, runId, 'a')).toEqual([]);
    expect((await read()).params).toEqual({ p: '1' });
  });

  test('of a run that is not there, or has no id, is refused', async () => {
    const { ports } = trackingDesk();
    await expect(logBatch(ports, 'nobody', batch({}))).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await expect(logBatch(ports, '#', batch({}))).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });
});

describe('the last value of a metric', () => {
  test('is that of the highest step, then time, then value, in whatever order they come', async () => {
    const point = fc.record({
      step: fc.integer({ min: -3, max: 3 }),
      timestamp: fc.integer({ min: 0, max: 3 }),
      value: fc.constantFrom(Number.NaN, -1, 0, 1, Number.POSITIVE_INFINITY),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 12 }), async (points) => {
        const { ports, runId, read } = await set();
        for (const each of points) await logMetric(ports, runId, { key: 'a', ...each });
        const kept = points.map(({ value, ...rest }) => ({ ...rest, value: Math.min(value, Number.MAX_VALUE) }));
        const zero = (value: number) => (Number.isNaN(value) ? 0 : value);
        const [last] = kept.toSorted(
          (a, b) => b.step - a.step || b.timestamp - a.timestamp || zero(b.value) - zero(a.value),
        );
        const [value, timestamp, step] = (await read()).metrics.a ?? [];
        expect([timestamp, step, zero(Number(value))]).toEqual([last?.timestamp, last?.step, zero(last?.value ?? 0)]);
        const distinct = new Set(kept.map((each) => JSON.stringify([each.step, each.timestamp, String(each.value)])));
        expect(await readMetricHistory(ports.ledger, runId, 'a')).toHaveLength(distinct.size);
      }),
      { numRuns: 50 },
    );
  });

  test('may be no number, and an infinite one is the largest there is', async () => {
    const { ports, runId, read } = await set();
    await logBatch(ports, runId, batch({ metrics: [metric('n', Number.NaN), metric('i', -Infinity)] }));
    expect((await read()).metrics).toEqual({ i: [-Number.MAX_VALUE, 1, 0], n: ['NaN', 1, 0] });
    expect(await readMetricHistory(ports.ledger, runId, 'n')).toEqual([
      { key: 'n', value: Number.NaN, timestamp: 1, step: 0 },
    ]);
  });
});

describe('writers at the same time', () => {
  test.each(['memory', 'SQLite'])('lose nothing of eight batches in one process (%s)', async (kind) => {
    const ledger = kind === 'SQLite' ? temporarySqliteLedger() : createMemoryLedger();
    const { ports, newRun } = trackingDesk(ledger);
    const { runId } = await newRun();
    await Promise.all(
      many(8, (at) =>
        logBatch(
          ports,
          runId,
          batch({
            metrics: many(at === 0 ? 50 : 3, (step) => metric(`m${at}`, step, step)),
            params: [{ key: `p${at}`, value: '' }],
          }),
        ),
      ),
    );
    const { run } = await readRun(ledger, runId);
    expect(Object.keys(run.params)).toHaveLength(8);
    expect(run.metrics).toMatchObject({ m0: [49, 1, 49], m7: [2, 1, 2] });
    expect(await readMetricHistory(ledger, runId, 'm7')).toHaveLength(3);
  });

  test('lose nothing between processes, which share no queue', async () => {
    const underneath = createMemoryLedger();
    const desks = many(8, () => trackingDesk(underneath));
    const { runId } = await trackingDesk(underneath).newRun();
    await Promise.all(
      desks.map(({ ports }, at) =>
        logBatch(
          ports,
          runId,
          batch({ metrics: [metric('same', 1), metric(`m${at}`, at)], tags: [{ key: `t${at}`, value: '' }] }),
        ),
      ),
    );
    const { run } = await readRun(underneath, runId);
    expect(Object.keys(run.metrics)).toHaveLength(9);
    expect(Object.keys(run.tags)).toHaveLength(9);
    expect(await readMetricHistory(underneath, runId, 'same')).toHaveLength(1);
  });

  test('who never gets a turn is told to try again', async () => {
    const { ports, ledger, runId } = await set();
    let count = 0;
    ledger.beforeCommit = async (token) => {
      if (token.startsWith('other')) return;
      const item = await ledger.get({ table: 'registry', pk: `run#${runId}`, sk: 'run' });
      if (!item) throw new Error('the run must be there');
      const { key, version, value, index } = item;
      await ledger.commit({
        token: `other${count++}`,
        writes: [{ kind: 'put', key, expected: version, value, ...(index && { index }) }],
        audit: [],
        events: [],
      });
    };
    const logged = logBatch(ports, runId, batch({ tags: [{ key: 't', value: '' }] }));
    await expect(logged).rejects.toEqual(code('LEDGER_CONTENDED'));
  });
});
