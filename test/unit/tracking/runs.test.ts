import { describe, expect, test } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { deleteRun, restoreRun } from '../../../src/core/tracking/delete-run.ts';
import { logParam } from '../../../src/core/tracking/log-batch.ts';
import { logInputs } from '../../../src/core/tracking/log-inputs.ts';
import { logModel } from '../../../src/core/tracking/log-model.ts';
import { logOutputs } from '../../../src/core/tracking/log-outputs.ts';
import { readRun } from '../../../src/core/tracking/read-run.ts';
import { runJson } from '../../../src/core/tracking/run-json.ts';
import { deleteRunTag, setRunTag } from '../../../src/core/tracking/run-tags.ts';
import { updateRun } from '../../../src/core/tracking/update-run.ts';
import { trackingDesk } from '../../support/tracking-desk.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const dataset = { name: 'd', digest: '1', sourceType: 'local', source: 's', tags: [] };

const set = async () => {
  const desk = trackingDesk();
  const { runId } = await desk.newRun({ name: 'first' });
  return { ...desk, runId, read: async () => (await readRun(desk.ports.ledger, runId)).run };
};

describe('a new run', () => {
  test('runs, from its start, under its name, which is a tag too', async () => {
    const { newRun } = trackingDesk();
    const run = await newRun({ startTime: 123, name: 'n', tags: [{ key: 'mlflow.parentRunId', value: 'p' }] });
    expect(run).toMatchObject({
      experimentId: '0',
      name: 'n',
      user: 'ada',
      status: 'RUNNING',
      startTime: 123,
      endTime: null,
      stage: 'active',
      artifactUri: `mlflow-artifacts:/0/${run.runId}/artifacts`,
      tags: { 'mlflow.runName': 'n', 'mlflow.parentRunId': 'p' },
    });
    expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is named by its tag, or by chance', async () => {
    const { newRun } = trackingDesk();
    expect((await newRun({ tags: [{ key: 'mlflow.runName', value: 't' }] })).name).toBe('t');
    const drawn = await newRun();
    expect(drawn.name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(drawn.tags).toEqual({ 'mlflow.runName': drawn.name });
  });

  test('is refused two names, an experiment that is not there, and a tag that is none', async () => {
    const { newRun } = trackingDesk();
    const two = newRun({ name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] });
    await expect(two).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await expect(newRun({ experimentId: '77' })).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await expect(newRun({ tags: [{ key: 'a#', value: '' }] })).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  test('costs one read and one commit', async () => {
    const { newRun, work } = trackingDesk();
    await newRun();
    const before = { ...work };
    await newRun();
    expect([work.items - before.items, work.commits - before.commits]).toEqual([1, 1]);
  });
});

describe('a run', () => {
  test('ends, and takes another name with its tag', async () => {
    const { ports, runId, read } = await set();
    const updated = await updateRun(ports, runId, { status: 'FINISHED', endTime: 5, name: 'second' });
    expect(updated).toEqual(await read());
    expect(updated).toMatchObject({
      status: 'FINISHED',
      endTime: 5,
      name: 'second',
      tags: { 'mlflow.runName': 'second' },
    });
    await updateRun(ports, runId, { name: '' });
    await setRunTag(ports, runId, { key: 'mlflow.runName', value: '' });
    expect(await read()).toMatchObject({ status: 'FINISHED', endTime: 5, name: 'second' });
    await setRunTag(ports, runId, { key: 'mlflow.runName', value: 'third' });
    expect(await read()).toMatchObject({ name: 'third' });
  });

  test('keeps what is called like a part of every object', async () => {
    const { ports, runId, read } = await set();
    await setRunTag(ports, runId, { key: '__proto__', value: 'a' });
    await logParam(ports, runId, { key: 'constructor', value: 'b' });
    await logParam(ports, runId, { key: 'constructor', value: 'b' });
    const { tags, params } = await read();
    expect(Object.entries(tags)).toContainEqual(['__proto__', 'a']);
    expect(Object.entries(params)).toEqual([['constructor', 'b']]);
  });

  test('loses a tag, once', async () => {
    const { ports, runId, read } = await set();
    await setRunTag(ports, runId, { key: 'k', value: 'v' });
    await deleteRunTag(ports, runId, 'k');
    expect((await read()).tags).toEqual({ 'mlflow.runName': 'first' });
    await expect(deleteRunTag(ports, runId, 'k')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
  });

  test('cuts a value that is too long, and refuses a key that is', async () => {
    const { ports, runId, read } = await set();
    await setRunTag(ports, runId, { key: 'k', value: '😀'.repeat(8_001) });
    await logParam(ports, runId, { key: 'p', value: 'x'.repeat(6_001) });
    const { tags, params } = await read();
    expect([[...(tags.k ?? '')].length, params.p?.length]).toEqual([8_000, 6_000]);
    const long = { key: 'k'.repeat(251), value: '' };
    await expect(setRunTag(ports, runId, long)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await expect(logParam(ports, runId, long)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  test('that is deleted refuses all writes until it is restored, and the audit names who did it', async () => {
    const { ports, runId, actor, read, underneath } = await set();
    await deleteRun(ports, actor(), runId);
    expect((await read()).stage).toBe('deleted');
    const refused = [
      () => updateRun(ports, runId, { status: 'FAILED' }),
      () => setRunTag(ports, runId, { key: 'k', value: '' }),
      () => deleteRunTag(ports, runId, 'mlflow.runName'),
      () => logParam(ports, runId, { key: 'k', value: '' }),
      () => logInputs(ports, runId, { datasets: [dataset], modelIds: [] }),
      () => logOutputs(ports, runId, [{ modelId: 'm', step: 0 }]),
    ];
    for (const write of refused) await expect(write()).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    await deleteRun(ports, actor(), runId);
    await restoreRun(ports, actor(), runId);
    await setRunTag(ports, runId, { key: 'k', value: '' });
    const { items } = await underneath.query({ table: 'audit', pk: auditEntryKey('models', 1).pk, limit: 100 });
    expect(items.map(({ value }) => [value.eventType, value.user, value.details])).toEqual([
      ['RunDeleted', 'ada', { runId }],
      ['RunRestored', 'ada', { runId }],
    ]);
  });

  test.each(['nobody', '', '#', 'x'.repeat(3_000)])('that is not there is said to be missing (%s)', async (runId) => {
    const { ports } = trackingDesk();
    await expect(readRun(ports.ledger, runId)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
  });

  test('that grows too large is refused with what to do instead', async () => {
    const { ports, runId } = await set();
    const schema = 'x'.repeat(390_000);
    const logged = logInputs(ports, runId, { datasets: [{ ...dataset, schema }], modelIds: [] });
    await expect(logged).rejects.toThrow(/less than 380 KB together: log long texts as artifacts/);
  });
});

describe('inputs and outputs', () => {
  test('name each data set once, the first that came, and each model that was read', async () => {
    const { ports, runId, read } = await set();
    const first = { ...dataset, tags: [['mlflow.data.context', 'train']] as const };
    await logInputs(ports, runId, { datasets: [first, dataset], modelIds: ['m-1'] });
    await logInputs(ports, runId, { datasets: [dataset, { ...dataset, digest: '2' }], modelIds: ['m-1', 'm-2'] });
    await logOutputs(ports, runId, [{ modelId: 'm-3', step: 7 }]);
    expect(runJson(await read(), 'whole')).toMatchObject({
      inputs: {
        dataset_inputs: [
          {
            dataset: { name: 'd', digest: '1', source_type: 'local', source: 's' },
            tags: [{ key: 'mlflow.data.context', value: 'train' }],
          },
          { dataset: { name: 'd', digest: '2', source_type: 'local', source: 's' } },
        ],
        model_inputs: [{ model_id: 'm-1' }, { model_id: 'm-2' }],
      },
      outputs: { model_outputs: [{ model_id: 'm-3', step: 7 }] },
    });
    expect(runJson(await read(), 'searched')).not.toHaveProperty('inputs.model_inputs');
  });

  test.each([
    ['name', 501],
    ['digest', 37],
    ['source', 65_536],
  ] as const)('refuse a %s of %d characters', async (field, length) => {
    const { ports, runId } = await set();
    const datasets = [{ ...dataset, [field]: 'x'.repeat(length) }];
    await expect(logInputs(ports, runId, { datasets, modelIds: [] })).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  test('of clients without logged models are listed in a tag, as Python writes JSON', async () => {
    const { ports, runId, read } = await set();
    const model = { artifact_path: 'm', flavors: { onnx: { config: {}, v: 'é' } }, utc_time_created: 't', run_id: 'r' };
    await logModel(ports, runId, JSON.stringify(model));
    await logModel(ports, runId, JSON.stringify({ ...model, model_uuid: 'u', more: 1, flavors: {} }));
    const entry = '"run_id": "r", "artifact_path": "m", "utc_time_created": "t", "model_uuid"';
    expect((await read()).tags['mlflow.log-model.history']).toBe(
      `[{${entry}: null, "flavors": {"onnx": {"v": "\\u00e9"}}}, {${entry}: "u", "flavors": {}}]`,
    );
  });

  test.each([['{'], ['{}'], ['[]'], ['{"artifact_path":"m","flavors":3,"utc_time_created":"t","run_id":"r"}']])(
    'refuse %s as a model',
    async (text) => {
      const { ports, runId } = await set();
      await expect(logModel(ports, runId, text)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    },
  );
});
