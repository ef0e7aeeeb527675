import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexes, keys } from '../../../src/core/ledger-keys.ts';
import type { AppendRecord, JsonObject } from '../../../src/core/ports/ledger.ts';
import { createExperiment } from '../../../src/core/tracking/create-experiment.ts';
import { deleteRun, restoreRun } from '../../../src/core/tracking/delete-run.ts';
import { setExperimentTag } from '../../../src/core/tracking/experiment-tags.ts';
import { logBatch } from '../../../src/core/tracking/log-batch.ts';
import { runBoards } from '../../../src/core/tracking/run-boards.ts';
import { runOrder } from '../../../src/core/tracking/run-order.ts';
import type { RunSearch } from '../../../src/core/tracking/run-search.ts';
import { setRunTag } from '../../../src/core/tracking/run-tags.ts';
import { searchRuns } from '../../../src/core/tracking/search-runs.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { temporarySqliteLedger, trackingDesk } from '../../support/tracking-desk.ts';

type Desk = ReturnType<typeof trackingDesk>;

const standard: RunSearch = { experimentIds: ['0'], view: 'ACTIVE_ONLY', orderBy: [], maxResults: 100 };
const found = async ({ ports }: Desk, search: Partial<RunSearch> = {}) =>
  (await searchRuns(ports, { ...standard, ...search })).runs.map(({ run }) => run.name);

async function run(desk: Desk, name: string, metrics: Readonly<Record<string, number>> = {}, experimentId = '0') {
  desk.wallClock.pass(1);
  const { runId } = await desk.newRun({ name, experimentId });
  const logged = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 }));
  await logBatch(desk.ports, runId, { metrics: logged, params: [], tags: [] });
  return runId;
}

describe('a search of runs', () => {
  test('gives the newest first, of the view and the experiments that are asked for', async () => {
    const desk = trackingDesk();
    const { ports, actor } = desk;
    const other = await createExperiment(ports, actor(), { name: 'other' });
    await run(desk, 'a');
    const b = await run(desk, 'b');
    await run(desk, 'c', {}, other);
    await run(desk, 'd');
    await deleteRun(ports, actor(), b);
    expect(await found(desk)).toEqual(['d', 'a']);
    expect(await found(desk, { view: 'DELETED_ONLY' })).toEqual(['b']);
    expect(await found(desk, { view: 'ALL' })).toEqual(['d', 'b', 'a']);
    expect(await found(desk, { experimentIds: [other, '0', '0', '99'] })).toEqual(['d', 'c', 'a']);
    expect(await found(desk, { experimentIds: [] })).toEqual([]);
  });

  test('pages through all, each once', async () => {
    const desk = trackingDesk();
    for (let at = 0; at < 25; at++) await run(desk, `r${at}`, { accuracy: at % 7 });
    for (const orderBy of [[], ['metrics.accuracy DESC'], ['metrics.accuracy ASC']]) {
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await searchRuns(desk.ports, { ...standard, orderBy, maxResults: 10, pageToken });
        names.push(...page.runs.map(({ run }) => run.name));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(names).toHaveLength(25);
      expect(new Set(names).size).toBe(25);
    }
  });

  test.each([
    [{ maxResults: 0 }],
    [{ maxResults: 50_001 }],
    [{ experimentIds: ['x'] }],
    [{ filter: 'metrics.a >' }],
    [{ orderBy: ['a b c'] }],
    [{ pageToken: '!' }],
    [{ pageToken: btoa('{}') }],
    [{ pageToken: btoa('[') }],
  ])('refuses %j', async (wrong) => {
    const { ports } = trackingDesk();
    await expect(searchRuns(ports, { ...standard, ...wrong })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    });
  });

  test('sees what was written before it, by this process or another, however often it was asked', async () => {
    const ledger = createMemoryLedger();
    const desk = trackingDesk(ledger);
    const other = trackingDesk(ledger);
    const a = await run(desk, 'a', { loss: 1 });
    const b = await run(other, 'b', { loss: 2 });
    const search = { orderBy: ['metrics.loss ASC'] };
    expect(await found(desk, search)).toEqual(['a', 'b']);
    await logBatch(other.ports, b, {
      metrics: [{ key: 'loss', value: 0, timestamp: 2, step: 1 }],
      params: [],
      tags: [],
    });
    expect(await found(desk, search)).toEqual(['b', 'a']);
    other.wallClock.pass(3_600_000);
    desk.wallClock.pass(3_600_000);
    await run(other, 'c', { loss: -1 });
    await deleteRun(other.ports, other.actor(), a);
    expect(await found(desk, search)).toEqual(['c', 'b']);
    expect(await found(desk, { ...search, view: 'DELETED_ONLY' })).toEqual(['a']);
    await restoreRun(desk.ports, desk.actor(), a);
    expect(await found(desk, search)).toEqual(['c', 'b', 'a']);
  });

  test('that has read an experiment reads only what changes, and not all of that again', async () => {
    const desk = trackingDesk();
    const first = await run(desk, 'r0', { loss: 0 });
    for (let at = 1; at < 50; at++) await run(desk, `r${at}`, { loss: at });
    const search = { orderBy: ['metrics.loss ASC'], maxResults: 1 };
    await found(desk, search);
    desk.wallClock.pass(60_000);
    await found(desk, search);
    const before = desk.work.items;
    await found(desk, search);
    expect(desk.work.items - before).toBe(0);
    await setRunTag(desk.ports, first, { key: 'k', value: 'v' });
    const changed = desk.work.items;
    await found(desk, search);
    expect(desk.work.items - changed).toBe(2);
  });
});

describe('a search along an index', () => {
  test('finds the best runs by a declared metric without reading the others', async () => {
    const desk = trackingDesk();
    for (let at = 0; at < 300; at++) await run(desk, `r${at}`, { accuracy: (at * 37) % 300 });
    const before = desk.work.items;
    const best = await searchRuns(desk.ports, { ...standard, orderBy: ['metrics.accuracy DESC'], maxResults: 3 });
    expect(best.runs.map(({ run }) => run.metrics.accuracy?.[0])).toEqual([299, 298, 297]);
    // A page of a hundred pointers, their runs, and the experiment.
    expect(desk.work.items - before).toBeLessThan(210);
  });

  test('finds the runs of a model_status without reading the others, also when its value changes', async () => {
    const desk = trackingDesk();
    const ids: string[] = [];
    for (let at = 0; at < 100; at++) ids.push(await run(desk, `r${at}`, { loss: at }));
    for (const at of [10, 20, 30]) await setRunTag(desk.ports, ids[at] ?? '', { key: 'model_status', value: 'live' });
    await setRunTag(desk.ports, ids[20] ?? '', { key: 'model_status', value: 'retired' });
    const filter = "tags.model_status = 'live'";
    const before = desk.work.items;
    expect(await found(desk, { filter })).toEqual(['r30', 'r10']);
    expect(await found(desk, { filter, orderBy: ['metrics.loss ASC'] })).toEqual(['r10', 'r30']);
    expect(desk.work.items - before).toBeLessThan(10);
    await deleteRun(desk.ports, desk.actor(), ids[30] ?? '');
    expect(await found(desk, { filter })).toEqual(['r10']);
  });

  test('gives the same as reading everything, whatever is logged, deleted and asked for', async () => {
    const value = fc.constantFrom(Number.NaN, -1.5, -0, 0, 1, 2, Number.POSITIVE_INFINITY, undefined);
    const written = fc.record({
      accuracy: value,
      start: fc.integer({ min: -2, max: 2 }),
      deleted: fc.boolean(),
      status: fc.constantFrom('', 'live', 'old'),
    });
    const asked = fc.record({
      orderBy: fc.constantFrom<readonly string[]>(
        [],
        ['metrics.accuracy DESC'],
        ['start_time DESC'],
        ['start_time ASC'],
        ['metrics.accuracy'],
        ['metrics.accuracy DESC', 'start_time ASC'],
      ),
      filter: fc.constantFrom(undefined, "tags.model_status = 'live'", 'metrics.accuracy > 0'),
      view: fc.constantFrom('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'),
      maxResults: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { maxLength: 12 }),
        fc.array(asked, { minLength: 1, maxLength: 3 }),
        async (runs, searches) => {
          const ledger = createMemoryLedger();
          const desk = trackingDesk(ledger);
          for (const [at, { accuracy, start, deleted, status }] of runs.entries()) {
            const { runId } = await desk.newRun({ name: `r${at}`, startTime: start });
            const metrics = accuracy === undefined ? [] : [{ key: 'accuracy', value: accuracy, timestamp: 1, step: 0 }];
            await logBatch(desk.ports, runId, { metrics, params: [], tags: [{ key: 'model_status', value: status }] });
            if (deleted) await deleteRun(desk.ports, desk.actor(), runId);
          }
          const whole = trackingDesk(ledger);
          await runBoards(whole.ports).read('0');
          for (const search of searches as Partial<RunSearch>[])
            expect(await found(trackingDesk(ledger), search)).toEqual(await found(whole, search));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the metrics an experiment declares', () => {
  const best = (desk: Desk, metric: string) =>
    searchRuns(desk.ports, { ...standard, orderBy: [`metrics.${metric} DESC`], maxResults: 1 });

  test('are found by an index also in the runs that were there before, and those no more declared are not', async () => {
    const desk = trackingDesk();
    for (let at = 0; at < 150; at++) await run(desk, `r${at}`, { f1: at, accuracy: -at });
    await setExperimentTag(desk.ports, '0', { key: 'ares.indexed_metrics', value: 'f1, auc' });
    await run(desk, 'new', { f1: 1_000 });
    const before = desk.work.items;
    expect((await best(desk, 'f1')).runs.map(({ run }) => run.name)).toEqual(['new']);
    expect(desk.work.items - before).toBeLessThan(210);
    const rows = await desk.underneath.query({ ...keys.topRun('0', 'accuracy'), limit: 10 });
    expect(rows.items).toEqual([]);
    expect((await best(desk, 'accuracy')).runs.map(({ run }) => run.name)).toEqual(['r0']);
  });

  test('are at most four', async () => {
    const { ports } = trackingDesk();
    const set = setExperimentTag(ports, '0', { key: 'ares.indexed_metrics', value: 'a,b,c,d,e' });
    await expect(set).rejects.toThrow(/at most 4 metrics, named 5/);
  });
});

describe('an experiment with more than 50,000 runs', () => {
  test('is searched by its indexes, and other searches say what to do', async () => {
    const desk = trackingDesk(temporarySqliteLedger());
    const { ports } = desk;
    const model = await desk.newRun();
    const record = (at: number): AppendRecord => {
      const copy = { ...model, runId: `r${at}`, name: `r${at}`, startTime: at };
      return {
        key: keys.run(copy.runId),
        value: copy as unknown as JsonObject,
        index: indexes.newestRuns('0', 'active', runOrder(copy)),
      };
    };
    await ports.ledger.append(Array.from({ length: 50_000 }, (_, at) => record(at)));
    const before = desk.work.items;
    expect(await found(desk, { filter: "attributes.run_name != 'r49999'", maxResults: 1 })).toEqual([model.name]);
    expect(desk.work.items - before).toBeLessThan(1_000);
    await expect(found(desk, { orderBy: ['metrics.loss ASC'] })).rejects.toThrow(/ares\.indexed_metrics/);
    expect(await found(desk, { filter: "attributes.run_name = 'r45000'", maxResults: 1 }).catch(String)).toMatch(
      /at most 50000 runs/,
    );
    expect(await found(desk, { orderBy: ['metrics.accuracy DESC'], maxResults: 2 })).toEqual([model.name, 'r49999']);
  }, 60_000);
});
