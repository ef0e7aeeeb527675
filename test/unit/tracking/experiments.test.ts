import { describe, expect, test } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { createExperiment } from '../../../src/core/tracking/create-experiment.ts';
import { deleteExperiment, restoreExperiment } from '../../../src/core/tracking/delete-experiment.ts';
import { deleteExperimentTag, setExperimentTag } from '../../../src/core/tracking/experiment-tags.ts';
import { logBatch } from '../../../src/core/tracking/log-batch.ts';
import { readExperiment, readExperimentByName } from '../../../src/core/tracking/read-experiment.ts';
import { readRun } from '../../../src/core/tracking/read-run.ts';
import { renameExperiment } from '../../../src/core/tracking/rename-experiment.ts';
import { type ExperimentSearch, searchExperiments } from '../../../src/core/tracking/search-experiments.ts';
import { sweepRuns } from '../../../src/core/tracking/sweep-runs.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { temporarySqliteLedger, trackingDesk } from '../../support/tracking-desk.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const all: ExperimentSearch = { view: 'ACTIVE_ONLY', orderBy: [], maxResults: 100 };
const namesOf = async (desk: ReturnType<typeof trackingDesk>, search: Partial<ExperimentSearch> = {}) =>
  (await searchExperiments(desk.ports, { ...all, ...search })).experiments.map(({ name }) => name);

describe('experiments that nobody created', () => {
  test('the default one and that of Ares exist from the first use, once', async () => {
    const desk = trackingDesk();
    const [first, second] = await Promise.all([
      readExperiment(desk.ports, '0'),
      readExperimentByName(desk.ports, 'Ares_Trading'),
    ]);
    expect(first.experiment).toMatchObject({
      name: 'Default',
      artifactLocation: 'mlflow-artifacts:/0',
      stage: 'active',
    });
    expect(second).toMatchObject({ id: '1', artifactLocation: 'mlflow-artifacts:/1' });
    expect(await readExperiment(desk.ports, '')).toEqual(first);
    expect((await namesOf(desk)).toSorted()).toEqual(['Ares_Trading', 'Default']);
  });

  test('a second process finds them as the first one made them', async () => {
    const ledger = createMemoryLedger();
    const first = trackingDesk(ledger);
    const { experiment } = await readExperiment(first.ports, '0');
    const second = trackingDesk(ledger);
    second.wallClock.pass(5_000);
    expect((await readExperiment(second.ports, '0')).experiment).toEqual(experiment);
  });

  test('keep their artifacts behind the API, so that a client needs nothing but its token', async () => {
    const run = await trackingDesk().newRun();
    expect(run.artifactUri).toBe(`mlflow-artifacts:/0/${run.runId}/artifacts`);
  });
});

describe('a new experiment', () => {
  test('has an id that fits 64 bits, its tags, and a place for artifacts', async () => {
    const { ports, actor } = trackingDesk();
    const id = await createExperiment(ports, actor(), { name: 'a', tags: [{ key: 'k', value: 'v' }] });
    expect(id).toMatch(/^[1-9]\d{17}$/);
    expect((await readExperiment(ports, id)).experiment).toMatchObject({
      name: 'a',
      tags: [['k', 'v']],
      artifactLocation: `mlflow-artifacts:/${id}`,
    });
  });

  test.each(['memory', 'SQLite'])('of one name, twice at the same time, is one (%s)', async (kind) => {
    const { ports, actor } = trackingDesk(kind === 'SQLite' ? temporarySqliteLedger() : undefined);
    const wishes = Array.from({ length: 4 }, () => createExperiment(ports, actor(), { name: 'same' }));
    const outcomes = await Promise.allSettled(wishes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(code('RESOURCE_ALREADY_EXISTS'));
    }
    const { experiments } = await searchExperiments(ports, { ...all, filter: "name = 'same'" });
    expect(experiments).toHaveLength(1);
  });

  test.each([
    ['no name', { name: '' }],
    ['a name that is too long', { name: 'n'.repeat(501) }],
    ['a tag with a sign that keys do not have', { name: 'a', tags: [{ key: 'a$', value: '' }] }],
    ['a tag that is too long', { name: 'a', tags: [{ key: 'a', value: 'v'.repeat(20_001) }] }],
    ['artifacts on this machine', { name: 'a', artifactLocation: '/etc' }],
    ['artifacts in a file URI', { name: 'a', artifactLocation: 'file:///etc' }],
    ['too many declared metrics', { name: 'a', tags: [{ key: 'ares.indexed_metrics', value: 'a,b,c,d,e' }] }],
  ])('is refused with %s', async (_, wish) => {
    const { ports, actor } = trackingDesk();
    await expect(createExperiment(ports, actor(), wish)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  test('may have a name of 500 characters, each of four bytes', async () => {
    const { ports, actor } = trackingDesk(temporarySqliteLedger());
    const name = '😀'.repeat(500);
    const id = await createExperiment(ports, actor(), { name });
    expect((await readExperimentByName(ports, name)).id).toBe(id);
  });
});

describe('an experiment that is there', () => {
  const set = async () => {
    const desk = trackingDesk();
    const id = await createExperiment(desk.ports, desk.actor(), { name: 'a' });
    return { ...desk, id };
  };

  test('takes another name, and its old one is free', async () => {
    const { ports, actor, id } = await set();
    await renameExperiment(ports, actor(), id, 'b');
    expect((await readExperimentByName(ports, 'b')).id).toBe(id);
    await expect(readExperimentByName(ports, 'a')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await createExperiment(ports, actor(), { name: 'a' });
    await expect(renameExperiment(ports, actor(), id, 'a')).rejects.toEqual(code('RESOURCE_ALREADY_EXISTS'));
  });

  test('has each tag once, and loses it', async () => {
    const { ports, id } = await set();
    await setExperimentTag(ports, id, { key: 'k', value: '1' });
    await setExperimentTag(ports, id, { key: 'k', value: '2' });
    expect((await readExperiment(ports, id)).experiment.tags).toEqual([['k', '2']]);
    await deleteExperimentTag(ports, id, 'k');
    expect((await readExperiment(ports, id)).experiment.tags).toEqual([]);
    await expect(deleteExperimentTag(ports, id, 'k')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
  });

  test('is deleted and restored with all its runs, in the audit', async () => {
    const { ports, actor, id, newRun, underneath } = await set();
    const runs = await Promise.all(Array.from({ length: 30 }, () => newRun({ experimentId: id })));
    await deleteExperiment(ports, actor(), id);
    for (const { runId } of runs) expect((await readRun(ports.ledger, runId)).run.stage).toBe('deleted');
    await expect(newRun({ experimentId: id })).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await expect(renameExperiment(ports, actor(), id, 'b')).rejects.toEqual(code('INVALID_STATE'));
    await expect(setExperimentTag(ports, id, { key: 'k', value: '' })).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await expect(deleteExperiment(ports, actor(), id)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await expect(createExperiment(ports, actor(), { name: 'a' })).rejects.toEqual(code('RESOURCE_ALREADY_EXISTS'));
    await restoreExperiment(ports, actor(), id);
    for (const { runId } of runs) expect((await readRun(ports.ledger, runId)).run.stage).toBe('active');
    const { items } = await underneath.query({ table: 'audit', pk: auditEntryKey('models', 1).pk, limit: 100 });
    const actions = items.map(({ value }) => [value.eventType, value.user]);
    expect(actions).toEqual([
      ['ExperimentCreated', 'ada'],
      ['ExperimentDeleted', 'ada'],
      ['ExperimentRestored', 'ada'],
    ]);
  });

  test('is deleted with a run that somebody changes at the same moment', async () => {
    const ledger = createMemoryLedger();
    const { ports, actor, newRun } = trackingDesk(ledger);
    const run = await newRun();
    const other = trackingDesk(ledger);
    let once = true;
    ledger.beforeCommit = async () => {
      if (!once) return;
      once = false;
      await logBatch(other.ports, run.runId, { metrics: [], params: [{ key: 'p', value: '1' }], tags: [] });
    };
    await deleteExperiment(ports, actor(), '0');
    const { run: after } = await readRun(ledger, run.runId);
    expect(after).toMatchObject({ stage: 'deleted', params: { p: '1' } });
  });
});

test('a sweep changes a run by what it is, when somebody changed it after it was listed', async () => {
  const ledger = createMemoryLedger();
  const { ports, newRun } = trackingDesk(ledger);
  const runs = [await newRun(), await newRun()];
  const other = trackingDesk(ledger);
  let once = true;
  ledger.beforeCommit = async () => {
    if (!once) return;
    once = false;
    await logBatch(other.ports, runs[0]?.runId ?? '', { metrics: [], params: [{ key: 'p', value: '1' }], tags: [] });
  };
  await sweepRuns(ports, '0', 'active', (run) => ({ ...run, stage: 'deleted' }));
  const after = await Promise.all(runs.map(async ({ runId }) => (await readRun(ledger, runId)).run));
  expect(after.map(({ stage, params }) => [stage, params])).toEqual([
    ['deleted', { p: '1' }],
    ['deleted', {}],
  ]);
});

describe('the search of experiments', () => {
  test('gives the newest first, those in view, page by page', async () => {
    const desk = trackingDesk();
    const { ports, actor, wallClock } = desk;
    await readExperiment(ports, '0');
    for (const name of ['a', 'b', 'c']) {
      wallClock.pass(1);
      await createExperiment(ports, actor(), { name });
    }
    const { id } = await readExperimentByName(ports, 'b');
    await deleteExperiment(ports, actor(), id);
    expect(await namesOf(desk)).toEqual(['c', 'a', 'Default', 'Ares_Trading']);
    expect(await namesOf(desk, { view: 'DELETED_ONLY' })).toEqual(['b']);
    expect(await namesOf(desk, { view: 'ALL', orderBy: ['name ASC'], maxResults: 3 })).toEqual([
      'Ares_Trading',
      'Default',
      'a',
    ]);
    const first = await searchExperiments(ports, { ...all, maxResults: 3 });
    const second = await searchExperiments(ports, { ...all, maxResults: 3, pageToken: first.nextPageToken });
    expect([first, second].map(({ experiments }) => experiments.length)).toEqual([3, 1]);
    expect(second.nextPageToken).toBeUndefined();
  });

  test.each([0, -1, 50_001])('refuses %d results', async (maxResults) => {
    const { ports } = trackingDesk();
    await expect(searchExperiments(ports, { ...all, maxResults })).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  test('refuses an id that is no number, and finds none that is too long', async () => {
    const { ports } = trackingDesk();
    await expect(readExperiment(ports, 'x')).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await expect(readExperiment(ports, '9'.repeat(50))).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    expect((await readExperiment(ports, '+00')).experiment.id).toBe('0');
  });
});
