import { beforeEach, describe, expect, test } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { listModels, readModel } from '../../../src/core/models/read-models.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import { sampleBytes, sampleSignature } from '../../support/model-bytes.ts';
import { type ModelDesk, openModelDesk, SLOT, UNSEEN } from '../../support/model-desk.ts';

describe('registering a candidate', () => {
  let desk: ModelDesk;
  beforeEach(() => {
    desk = openModelDesk();
  });

  test('stores bytes, record, audit entry and event together', async () => {
    const outcome = await desk.register('run-1', 0.55, { params: { trees: 200, objective: 'binary', early: true } });
    const modelHash = await desk.modelStore.put(sampleBytes('run-1'));
    expect(outcome).toEqual({ outcome: 'registered', runId: 'run-1', modelHash });
    expect(await desk.modelStore.get(modelHash)).toEqual(sampleBytes('run-1'));
    const { featureSet, features, target, horizon, timeframe, trainingWindow } = sampleSignature();
    expect(await desk.model('run-1')).toEqual({
      runId: 'run-1',
      slot: SLOT,
      state: 'candidate',
      reason: 'registered',
      stateChangedAt: 10_001,
      modelHash,
      signature: { featureSet, featureCount: features.length, target, horizon, timeframe, trainingWindow },
      params: { trees: 200, objective: 'binary', early: true },
      metrics: { accuracy: 0.55 },
      evaluation: UNSEEN,
      registeredAt: 10_001,
      registeredBy: 'ada',
      promotedAt: null,
      rolledBackAt: null,
      waiting: null,
    });
    expect(await listSlots(desk.ledger)).toEqual([SLOT]);
    expect(await desk.audit()).toEqual([
      expect.objectContaining({
        eventType: 'ModelRegistered',
        user: 'ada',
        action: 'register',
        sessionId: 'session-1',
        timestamp: 10_001,
        details: expect.objectContaining({
          runId: 'run-1',
          from: null,
          to: 'candidate',
          modelHash,
          metrics: { accuracy: 0.55 },
          params: { trees: 200, objective: 'binary', early: true },
          evaluation: UNSEEN,
          signature: expect.objectContaining({ horizon }),
        }),
      }),
    ]);
    expect(desk.events()).toEqual([
      {
        name: 'CandidateRegistered',
        metadata: {
          id: `register:${SLOT}:run-1:${modelHash}:0`,
          version: 1,
          occurredAt: 10_001,
          correlationId: 'command-1',
          causationId: 'command-1',
          slot: SLOT,
          sequence: 1,
        },
        data: { runId: 'run-1', modelHash, accuracy: 0.55 },
      },
    ]);
  });

  test('takes a hash that is stored already, with the signature of its bytes', async () => {
    const hash = await desk.modelStore.put(sampleBytes('run-1'));
    const model = { hash, signature: sampleSignature() };
    expect(await desk.register('run-1', 0.5, { model })).toMatchObject({ outcome: 'registered', modelHash: hash });
  });

  test('refuses a hash without bytes', async () => {
    const model = { hash: 'a'.repeat(64) as ModelHash, signature: sampleSignature() };
    await expect(desk.register('run-1', 0.5, { model })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: `the model's bytes must be in the model store, none had the hash ${model.hash}`,
      data: { hash: model.hash },
    });
    expect(await desk.models()).toEqual([]);
  });

  test('registers without metrics, params and evaluation, because somebody may promote it by hand', async () => {
    const bare = { metrics: undefined, params: undefined, evaluation: undefined };
    expect((await desk.register('run-1', undefined, bare)).outcome).toBe('registered');
    expect(await desk.model('run-1')).toMatchObject({ metrics: {}, params: {}, evaluation: null });
    expect(desk.events()[0]?.data).toMatchObject({ accuracy: null });
  });

  test('the same run with the same bytes again changes nothing', async () => {
    await desk.register('run-1', 0.55);
    const before = desk.ledger.events.length;
    expect(await desk.register('run-1', 0.99)).toMatchObject({ outcome: 'already_registered', state: 'candidate' });
    expect((await desk.model('run-1')).metrics).toEqual({ accuracy: 0.55 });
    expect(desk.ledger.events.length).toBe(before);
  });

  test('two registrations of one run at once make one candidate', async () => {
    const outcomes = await Promise.all([desk.register('run-1', 0.5), desk.register('run-1', 0.5)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already_registered', 'registered']);
    expect(await desk.audit()).toHaveLength(1);
  });

  test('the same run with other bytes is an error that names both', async () => {
    await desk.register('run-1', 0.55);
    const modelHash = await desk.modelStore.put(sampleBytes('run-1'));
    const wanted = await desk.modelStore.put(sampleBytes('other'));
    const other = desk.register('run-1', 0.55, { model: { bytes: sampleBytes('other') } });
    await expect(other).rejects.toMatchObject({
      code: 'RUN_ID_TAKEN',
      message: `run run-1 must be registered with the bytes it has, ${modelHash}, was ${wanted}: register other bytes under another run`,
      data: { runId: 'run-1', modelHash, wanted },
    });
  });

  test('many at once all become candidates, in order of their events', async () => {
    const runs = Array.from({ length: 5 }, (_, n) => `run-${n}`);
    await Promise.all(runs.map((runId, n) => desk.register(runId, n / 10)));
    expect((await desk.models()).map(({ runId }) => runId)).toEqual(runs);
    expect(desk.events().map(({ metadata }) => metadata.sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    [
      'another feature set',
      { featureSet: { name: 'other', version: 7 } },
      /feature set must be one that Ares computes, was other version 7/,
    ],
    ['an unknown feature', { features: ['nonsense'] }, /feature 1 of 1 must be one of .* was "nonsense"/],
    ['another timeframe', { timeframe: '4h' }, /timeframe must be 1m, was 4h/],
  ])('refuses %s and registers nothing', async (_, overrides, reason) => {
    const outcome = await desk.register('run-1', 0.5, { model: { bytes: sampleBytes('run-1', overrides) } });
    expect(outcome).toEqual({ outcome: 'refused', reason: expect.stringMatching(reason) });
    expect(await desk.models()).toEqual([]);
    expect(await listSlots(desk.ledger)).toEqual([]);
  });

  test.each([
    ['a run id with a separator', 'run#1', {}, 'RUN_ID_INVALID'],
    ['an empty run id', '', {}, 'RUN_ID_INVALID'],
    ['a slot that is none', 'run-1', { slot: 'all' as SlotId }, 'SLOT_INVALID'],
    ['an accuracy above one', 'run-1', { metrics: { accuracy: 55 } }, 'REGISTRATION_INVALID'],
    ['an accuracy below zero', 'run-1', { metrics: { accuracy: -0.1 } }, 'REGISTRATION_INVALID'],
    ['a metric that is no number', 'run-1', { metrics: { logLoss: Number.NaN } }, 'REGISTRATION_INVALID'],
    [
      'an evaluation that ends before it begins',
      'run-1',
      { evaluation: { from: 2, to: 1, rows: 1 } },
      'REGISTRATION_INVALID',
    ],
    ['bytes that are no model', 'run-1', { model: { bytes: new Uint8Array([1]) } }, 'MODEL_INVALID'],
  ])('refuses %s', async (_, runId, overrides, code) => {
    const refusal = {
      code,
      ...(code === 'REGISTRATION_INVALID'
        ? { data: { runId }, message: expect.stringMatching(/^run run-1: [\s\S]*(metrics|evaluation)/) }
        : {}),
    };
    await expect(desk.register(runId, 0.5, overrides)).rejects.toMatchObject(refusal);
    expect(await desk.models()).toEqual([]);
  });

  test('gives up after bounded attempts when there is always another writer', async () => {
    let writer = 0;
    desk.ledger.beforeCommit = async (token) => {
      if (!token.startsWith('register')) return;
      const deployment = await desk.ledger.get(keys.deployment(SLOT));
      writer += 1;
      const hook = desk.ledger.beforeCommit;
      desk.ledger.beforeCommit = undefined;
      await desk.ledger.commit({
        token: `writer-${writer}`,
        writes: [
          {
            kind: 'put',
            key: keys.deployment(SLOT),
            expected: deployment?.version ?? 'absent',
            value: { championRunId: null, championHash: null, standbyRunId: null, history: [], lastChange: null },
          },
        ],
        audit: [],
        events: [],
      });
      desk.ledger.beforeCommit = hook;
    };
    await expect(desk.register('run-1', 0.5)).rejects.toMatchObject({
      code: 'LEDGER_CONTENDED',
      message: expect.stringContaining('the registration of run-1 must find'),
      data: { attempts: 10 },
    });
    expect(writer).toBe(10);
  });
});

describe('the registry', () => {
  test('lists candidates best accuracy first, then oldest, those without one last', async () => {
    const desk = openModelDesk();
    await desk.register('bare');
    await desk.register('middle', 0.5);
    await desk.register('best', 0.9);
    await desk.register('middle-later', 0.5);
    await desk.register('worst', 0);
    const list = async (request: Partial<Parameters<typeof listModels>[1]> = {}) =>
      (await listModels(desk.ledger, { slot: SLOT, state: 'candidate', limit: 10, ...request })).models.map(
        ({ runId }) => runId,
      );
    expect(await list()).toEqual(['best', 'middle', 'middle-later', 'worst', 'bare']);
    expect(await list({ order: 'descending', limit: 1 })).toEqual(['bare']);
    expect(await list({ state: 'production' })).toEqual([]);
    const first = await listModels(desk.ledger, { slot: SLOT, limit: 3 });
    const second = await listModels(desk.ledger, { slot: SLOT, limit: 3, after: first.next });
    expect([...first.models, ...second.models].map(({ runId }) => runId)).toEqual([
      'bare',
      'best',
      'middle',
      'middle-later',
      'worst',
    ]);
    expect(second.next).toBeUndefined();
  });

  test('says that it does not know a run', async () => {
    const desk = openModelDesk();
    await expect(readModel(desk.ledger, SLOT, 'nobody')).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
      message: `run must be registered in slot ${SLOT}, was "nobody"`,
      data: { slot: SLOT, runId: 'nobody' },
    });
  });

  test('refuses a stored record that it does not understand, naming where it is', async () => {
    const desk = openModelDesk();
    await desk.ledger.append([{ key: keys.model(SLOT, 'run-1'), value: { runId: 'run-1', state: 'retired' } }]);
    await expect(readModel(desk.ledger, SLOT, 'run-1')).rejects.toMatchObject({
      code: 'LEDGER_ITEM_INVALID',
      message: expect.stringContaining(`models#${SLOT}/run-1`),
    });
  });
});
