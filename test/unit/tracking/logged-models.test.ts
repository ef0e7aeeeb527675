import { beforeEach, describe, expect, test } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createLoggedModel, type NewLoggedModel } from '../../../src/core/tracking/create-logged-model.ts';
import type { LoggedModel } from '../../../src/core/tracking/logged-model.ts';
import {
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
} from '../../../src/core/tracking/logged-model-changes.ts';
import { loggedModelJson } from '../../../src/core/tracking/logged-model-json.ts';
import { loggedModelMetrics } from '../../../src/core/tracking/logged-model-metrics.ts';
import { readActiveLoggedModel, readLoggedModel } from '../../../src/core/tracking/read-logged-model.ts';
import { readLoggedModelMetrics } from '../../../src/core/tracking/read-logged-model-metrics.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';

let now = 1_000;
let ids = 0;
let ledger: MemoryLedger;
const wallClock = { now: () => epochMillis(now) };
const random = { next: () => 0.5, id: () => String(++ids).padStart(32, '0') };
const experiment = { experimentId: '7', artifactLocation: 'mlflow-artifacts:/7/', lifecycleStage: 'active' } as const;
const empty: NewLoggedModel = { name: 'm', modelType: '', sourceRunId: '', params: [], tags: [] };
const ports = () => ({ ledger, random, wallClock });
const create = (fields: Partial<NewLoggedModel> = {}) =>
  createLoggedModel(ports(), experiment, { ...empty, ...fields });
const metric = (model: LoggedModel, key: string, value: number, more = {}) => ({
  key,
  value,
  timestamp: 10,
  step: 0,
  modelId: model.modelId,
  ...more,
});

beforeEach(() => {
  ledger = createMemoryLedger();
  now = 1_000;
  ids = 0;
});

describe('a logged model', () => {
  test('begins pending, with a place for its artifacts inside its experiment', async () => {
    const model = await create({
      name: 'forest',
      modelType: 'sklearn',
      sourceRunId: 'run',
      params: [{ key: 'depth', value: '3' }],
      tags: [
        { key: 'b', value: '2' },
        { key: 'a', value: '1' },
      ],
    });
    expect(model.modelId).toMatch(/^m-[0-9a-f]{32}$/);
    expect(loggedModelJson(await readActiveLoggedModel(ledger, model.modelId), [])).toEqual({
      info: {
        model_id: model.modelId,
        experiment_id: '7',
        name: 'forest',
        creation_timestamp_ms: 1_000,
        last_updated_timestamp_ms: 1_000,
        artifact_uri: `mlflow-artifacts:/7/models/${model.modelId}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'sklearn',
        source_run_id: 'run',
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      },
      data: { params: [{ key: 'depth', value: '3' }] },
    });
  });

  test('gets a name when it comes without one', async () => {
    expect((await create({ name: '' })).name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });

  test.each(['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"])('refuses the name %s', async (name) => {
    await expect(create({ name })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"),
    });
  });

  test('refuses a name that is too long', async () => {
    await expect(create({ name: 'x'.repeat(501) })).rejects.toThrow('at most 500 characters, had 501');
  });

  test('is not made in a deleted experiment, nor with a key twice', async () => {
    const deleted = { ...experiment, lifecycleStage: 'deleted' } as const;
    await expect(createLoggedModel(ports(), deleted, empty)).rejects.toThrow("must be in the 'active' state");
    const twice = [
      { key: 'k', value: '1' },
      { key: 'k', value: '1' },
    ];
    await expect(create({ params: twice })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(create({ tags: twice })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('takes a status, and says when', async () => {
    const { modelId } = await create();
    now = 2_000;
    const done = await finalizeLoggedModel(ports(), modelId, 'LOGGED_MODEL_READY');
    expect(done).toMatchObject({ status: 'LOGGED_MODEL_READY', createdAt: 1_000, updatedAt: 2_000 });
    expect(await readActiveLoggedModel(ledger, modelId)).toEqual(done);
    await expect(finalizeLoggedModel(ports(), 'm-none', 'LOGGED_MODEL_READY')).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: "Logged model with ID 'm-none' not found.",
    });
  });

  test('takes parameters once, tags again and again', async () => {
    const { modelId } = await create({ params: [{ key: 'a', value: '1' }] });
    await logLoggedModelParams(ports(), modelId, [{ key: 'b', value: '2' }]);
    await logLoggedModelParams(ports(), modelId, []);
    await expect(logLoggedModelParams(ports(), modelId, [{ key: 'a', value: '1' }])).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await setLoggedModelTags(ports(), modelId, [
      { key: 't', value: '1' },
      { key: 't', value: '2' },
      { key: 'u', value: '3' },
    ]);
    await setLoggedModelTags(ports(), modelId, []);
    await deleteLoggedModelTag(ports(), modelId, 'u');
    await expect(deleteLoggedModelTag(ports(), modelId, 'u')).rejects.toThrow(
      `No tag with key 'u' found for model with ID '${modelId}'.`,
    );
    await expect(deleteLoggedModelTag(ports(), modelId, 'toString')).rejects.toThrow('No tag with key');
    expect(await readActiveLoggedModel(ledger, modelId)).toMatchObject({
      params: { a: '1', b: '2' },
      tags: { t: '2' },
    });
  });

  test('loses nothing of writers at the same time', async () => {
    const { modelId } = await create();
    const numbers = Array.from({ length: 8 }, (_, n) => String(n));
    await Promise.all(
      numbers.flatMap((n) => [
        logLoggedModelParams(ports(), modelId, [{ key: `p${n}`, value: n }]),
        setLoggedModelTags(ports(), modelId, [{ key: `t${n}`, value: n }]),
      ]),
    );
    const model = await readActiveLoggedModel(ledger, modelId);
    expect([Object.keys(model.params).length, Object.keys(model.tags).length]).toEqual([8, 8]);
  });

  test('that has grown too large is refused with a remedy', async () => {
    const { modelId } = await create();
    const params = Array.from({ length: 70 }, (_, n) => ({ key: `p${n}`, value: 'x'.repeat(6_000) }));
    await expect(logLoggedModelParams(ports(), modelId, params)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('as artifacts of the model'),
    });
  });

  test('is deleted with a word in the audit trail, once, and only who asks for deleted ones sees it', async () => {
    const { modelId } = await create();
    const command = { id: 'c', user: 'ada', now: epochMillis(3_000), sessionId: 's' };
    await deleteLoggedModel(ports(), modelId, command);
    await deleteLoggedModel(ports(), modelId, command);
    await expect(readActiveLoggedModel(ledger, modelId)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    expect((await readLoggedModel(ledger, modelId)).model).toMatchObject({
      lifecycleStage: 'deleted',
      updatedAt: 3_000,
    });
    const { items } = await ledger.query({ table: 'audit', pk: auditEntryKey('models', 1).pk, limit: 10 });
    const entries = items.filter(({ value }) => value.eventType === 'LoggedModelDeleted');
    expect(entries).toMatchObject([{ value: { user: 'ada', details: { modelId } } }]);
  });

  test('is not found under an id that no database takes', async () => {
    for (const id of ['', 'x'.repeat(5_000)]) {
      await expect(readLoggedModel(ledger, id)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    }
  });
});

describe('the metrics of logged models', () => {
  test('are kept in the order in which they came, each with its run and data set', async () => {
    const model = await create();
    const other = await create();
    await loggedModelMetrics(ports(), 'run-1', [
      metric(model, 'z', 0.5, { timestamp: 20, step: 5, datasetName: 'd', datasetDigest: 'g' }),
      { key: 'of the run only', value: 1, timestamp: 1, step: 0 },
      metric(other, 'z', 9),
    ]);
    now += 1;
    await loggedModelMetrics(ports(), 'run-2', [metric(model, 'a', 0.7, { timestamp: 5, step: -1 })]);
    const metrics = (await readLoggedModelMetrics(ledger, '7', model.modelId)).get(model.modelId) ?? [];
    expect(loggedModelJson(model, metrics).data).toEqual({
      metrics: [
        {
          key: 'z',
          value: 0.5,
          timestamp: 20,
          step: 5,
          dataset_name: 'd',
          dataset_digest: 'g',
          model_id: model.modelId,
          run_id: 'run-1',
        },
        { key: 'a', value: 0.7, timestamp: 5, step: -1, model_id: model.modelId, run_id: 'run-2' },
      ],
    });
    const all = await readLoggedModelMetrics(ledger, '7');
    expect([all.get(model.modelId)?.length, all.get(other.modelId)?.length]).toEqual([2, 1]);
  });

  test('are the same when they are sent again, and are replaced by another value for the same', async () => {
    const model = await create();
    for (const value of [0.1, 0.1, 0.2]) await loggedModelMetrics(ports(), 'run', [metric(model, 'a', value)]);
    const metrics = (await readLoggedModelMetrics(ledger, '7', model.modelId)).get(model.modelId);
    expect(metrics?.map(({ value }) => value)).toEqual([0.2]);
  });

  test('hold what JSON has no number for as the genuine server does', async () => {
    const model = await create();
    const values = { nan: Number.NaN, up: Infinity, down: -Infinity };
    await loggedModelMetrics(
      ports(),
      'run',
      Object.entries(values).map(([key, value]) => metric(model, key, value)),
    );
    const metrics = (await readLoggedModelMetrics(ledger, '7', model.modelId)).get(model.modelId);
    expect(metrics?.map(({ value }) => value)).toEqual([0, Number.MAX_VALUE, -Number.MAX_VALUE]);
  });

  test('are refused for a model that does not exist, all of them', async () => {
    const model = await create();
    const none = { ...metric(model, 'a', 1), modelId: 'm-none' };
    await expect(loggedModelMetrics(ports(), 'run', [metric(model, 'a', 1), none])).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect((await readLoggedModelMetrics(ledger, '7')).size).toBe(0);
  });

  test('are read beyond one page of the ledger', async () => {
    const model = await create();
    const many = Array.from({ length: 2_100 }, (_, step) => metric(model, 'loss', step, { step }));
    await loggedModelMetrics(ports(), 'run', many);
    const metrics = (await readLoggedModelMetrics(ledger, '7', model.modelId)).get(model.modelId) ?? [];
    expect(metrics.map(({ step }) => step)).toEqual(many.map(({ step }) => step));
  });
});
