import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_HISTORY } from '../../../src/core/promotion/deployment.ts';
import { previewRollback } from '../../../src/core/promotion/rollback.ts';
import { type ModelDesk, openModelDesk, SLOT } from '../../support/model-desk.ts';

describe('rollback', () => {
  let desk: ModelDesk;
  beforeEach(async () => {
    desk = openModelDesk();
    for (const [n, runId] of ['a', 'b', 'c'].entries()) {
      await desk.register(runId, 0.5 + n / 10);
      await desk.check();
    }
  });

  const preview = (to?: string) => previewRollback({ slot: SLOT, to }, desk.ports);
  const champion = async () => (await desk.deployment()).championRunId;

  test('goes to the model that was in production before, in one transaction', async () => {
    const before = await desk.deployment();
    expect(before).toMatchObject({ championRunId: 'c', history: ['a', 'b'] });
    expect(await desk.rollback()).toEqual({ outcome: 'rolled_back', runId: 'b', previousRunId: 'c', repeated: false });
    const b = await desk.model('b');
    const c = await desk.model('c');
    expect(b).toMatchObject({ state: 'production', reason: 'rolled back to by ada' });
    expect(c).toMatchObject({ state: 'archived', reason: 'rolled back to b', rolledBackAt: c.stateChangedAt });
    expect(await desk.deployment()).toMatchObject({
      version: before.version + 1,
      championRunId: 'b',
      championHash: b.modelHash,
      history: ['a'],
    });
    expect(desk.events().at(-1)).toMatchObject({
      name: 'ModelUpdated',
      metadata: { slot: SLOT, sequence: before.version + 1 },
      data: { change: 'rolled_back', runId: 'b', modelHash: b.modelHash, previousRunId: 'c' },
    });
    expect((await desk.audit()).slice(-2)).toEqual([
      expect.objectContaining({
        eventType: 'ModelRolledBack',
        action: 'rollback',
        user: 'ada',
        details: expect.objectContaining({ runId: 'b', from: 'archived', previousRunId: 'c', named: false }),
      }),
      expect.objectContaining({
        eventType: 'ModelArchived',
        details: expect.objectContaining({ runId: 'c', from: 'production' }),
      }),
    ]);
    expect(await desk.auditValid()).toBe(true);
  });

  test('repeated walks back one model at a time until none is left', async () => {
    const walked = [await desk.rollback(), await desk.rollback(), await desk.rollback()];
    expect(walked).toMatchObject([{ runId: 'b' }, { runId: 'a' }, { outcome: 'none_left', runId: 'a' }]);
    expect(await champion()).toBe('a');
  });

  test('never walks back to a model that was rolled back from', async () => {
    await desk.rollback();
    await desk.register('d', 0.9);
    await desk.check();
    expect(await desk.rollback()).toMatchObject({ runId: 'b', previousRunId: 'd' });
    expect(await desk.rollback()).toMatchObject({ runId: 'a', previousRunId: 'b' });
    expect(await desk.rollback()).toEqual({ outcome: 'none_left', runId: 'a' });
  });

  test('does not walk back to it either when it was promoted by hand in between', async () => {
    await desk.rollback();
    await desk.promote('c');
    await desk.register('d', 0.1);
    await desk.promote('d');
    expect((await desk.deployment()).history).toEqual(['a', 'b']);
    expect(await desk.rollback()).toMatchObject({ runId: 'b', previousRunId: 'd' });
  });

  test('goes to a named run, and walks on from there', async () => {
    expect(await desk.rollback('a')).toMatchObject({ outcome: 'rolled_back', runId: 'a', previousRunId: 'c' });
    expect((await desk.audit()).at(-2)?.details).toMatchObject({ named: true });
    expect(await desk.rollback()).toEqual({ outcome: 'none_left', runId: 'a' });
  });

  test('goes to a model that was rolled back from only when it is named', async () => {
    await desk.rollback();
    expect(await desk.rollback('c')).toMatchObject({ outcome: 'rolled_back', runId: 'c', previousRunId: 'b' });
    expect(await desk.rollback()).toMatchObject({ runId: 'a', previousRunId: 'c' });
  });

  test('to the model in production changes nothing', async () => {
    const before = await desk.deployment();
    expect(await desk.rollback('c')).toEqual({ outcome: 'already_production', runId: 'c' });
    expect(await desk.deployment()).toEqual(before);
  });

  test('shows its target without going there', async () => {
    const before = await desk.deployment();
    const { modelHash } = await desk.model('b');
    expect(await preview()).toEqual({ outcome: 'possible', from: 'c', to: 'b', modelHash });
    expect(await preview('a')).toMatchObject({ outcome: 'possible', from: 'c', to: 'a' });
    expect(await preview('c')).toEqual({ outcome: 'already_production', runId: 'c' });
    expect(await desk.deployment()).toEqual(before);
    expect(desk.ledger.events).toHaveLength(before.version);
  });

  test('does not do what was not shown: another champion meanwhile stops it', async () => {
    await desk.register('d', 0.9);
    await desk.check();
    expect(await desk.rollback(undefined, { from: 'c' })).toEqual({
      outcome: 'champion_changed',
      expected: 'c',
      championRunId: 'd',
    });
    expect(await champion()).toBe('d');
    expect(await desk.rollback(undefined, { from: 'd' })).toMatchObject({ outcome: 'rolled_back', runId: 'c' });
  });

  test.each(['lose', 'damage'] as const)('does not go to a model whose bytes cannot be loaded (%s)', async (harm) => {
    const { modelHash } = await desk.model('b');
    desk.modelStore[harm](modelHash);
    const reason = harm === 'lose' ? 'bytes missing' : 'bytes corrupt';
    const unloadable = { outcome: 'unloadable', runId: 'b', modelHash, reason };
    expect(await preview()).toEqual(unloadable);
    expect(await desk.rollback()).toEqual(unloadable);
    expect(await desk.rollback('b')).toEqual(unloadable);
    expect(await champion()).toBe('c');
    expect(await desk.rollback('a')).toMatchObject({ outcome: 'rolled_back', runId: 'a' });
  });

  test('refuses a run that was never in production, is not registered, or is no run id', async () => {
    await desk.register('inferior', 0.1);
    await desk.check();
    await expect(desk.rollback('inferior')).rejects.toMatchObject({
      code: 'ROLLBACK_TARGET_INVALID',
      message: expect.stringContaining('inferior was evaluated_inferior and never in production: promote it instead'),
    });
    await expect(desk.rollback('nobody')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await expect(desk.rollback('no body')).rejects.toMatchObject({ code: 'RUN_ID_INVALID' });
    await expect(desk.rollback(undefined, { from: 'no body' })).rejects.toMatchObject({ code: 'RUN_ID_INVALID' });
    await expect(preview('nobody')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  });

  test('has nowhere to go where nothing is or was in production', async () => {
    const fresh = openModelDesk();
    expect(await fresh.rollback()).toEqual({ outcome: 'none_left', runId: null });
    await fresh.register('only', 0.5);
    await fresh.check();
    expect(await fresh.rollback()).toEqual({ outcome: 'none_left', runId: 'only' });
  });

  test('the same command twice goes one step, and answers the same', async () => {
    const once = { id: 'the-command' };
    expect(await desk.rollback(undefined, once)).toEqual({
      outcome: 'rolled_back',
      runId: 'b',
      previousRunId: 'c',
      repeated: false,
    });
    expect(await desk.rollback(undefined, once)).toEqual({
      outcome: 'rolled_back',
      runId: 'b',
      previousRunId: 'c',
      repeated: true,
    });
    expect(await champion()).toBe('b');
  });

  test('the same command again after something else has happened does nothing', async () => {
    const once = { id: 'the-command' };
    await desk.rollback(undefined, once);
    await desk.register('d', 0.9);
    await desk.check();
    expect(await desk.rollback(undefined, once)).toEqual({ outcome: 'superseded', championRunId: 'd' });
    expect(await champion()).toBe('d');
  });

  test('two at once go two steps, or one where both say what they saw', async () => {
    await Promise.all([desk.rollback(undefined, { from: 'c' }), desk.rollback(undefined, { from: 'c' })]);
    expect(await champion()).toBe('b');
    await desk.promote('c');
    await Promise.all([desk.rollback(), desk.rollback()]);
    expect(await champion()).toBe('a');
  });

  test('starts again when another model comes into production while it looks for its target', async () => {
    await desk.register('d', 0.1);
    const { get } = desk.ledger;
    desk.ledger.get = async (key) => {
      if (key.sk === 'c') {
        desk.ledger.get = get;
        await desk.promote('d');
      }
      return get(key);
    };
    expect(await desk.rollback()).toEqual({
      outcome: 'rolled_back',
      runId: 'c',
      previousRunId: 'd',
      repeated: false,
    });
  });

  test(`walks back through the last ${MAX_HISTORY} champions`, async () => {
    const fresh = openModelDesk();
    for (let n = 0; n < MAX_HISTORY + 5; n++) {
      await fresh.register(`run-${n}`, n / 1_000);
      await fresh.check();
    }
    const { history } = await fresh.deployment();
    expect(history).toHaveLength(MAX_HISTORY);
    expect(history.at(-1)).toBe(`run-${MAX_HISTORY + 3}`);
  });
});
