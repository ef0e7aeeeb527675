import { beforeEach, describe, expect, test } from 'vitest';
import { type ModelDesk, openModelDesk } from '../../support/model-desk.ts';

describe('promoting by hand', () => {
  let desk: ModelDesk;
  beforeEach(async () => {
    desk = openModelDesk();
    await desk.register('champion', 0.6);
    await desk.check();
  });

  test('overrules the gate, and the audit entry says what the gate would have said', async () => {
    await desk.register('worse', 0.5);
    expect(await desk.promote('worse')).toEqual({
      outcome: 'promoted',
      runId: 'worse',
      previousRunId: 'champion',
      overruled: true,
    });
    expect(await desk.model('worse')).toMatchObject({ state: 'production', reason: 'promoted by ada' });
    expect((await desk.model('champion')).state).toBe('archived');
    const entry = (await desk.audit()).find(({ eventType, user }) => eventType === 'ModelPromoted' && user === 'ada');
    expect(entry?.details).toMatchObject({
      policy: 'manual',
      overruled: true,
      gate: 'inferior',
      gateReason: expect.stringContaining('0.5 against 0.6'),
    });
    expect(desk.events().at(-1)).toMatchObject({
      name: 'ModelUpdated',
      data: { change: 'promoted', runId: 'worse', previousRunId: 'champion' },
    });
  });

  test('does not overrule what the gate would have done itself', async () => {
    await desk.register('better', 0.7);
    expect(await desk.promote('better')).toMatchObject({ outcome: 'promoted', overruled: false });
  });

  test('takes a model that was never measured, one found inferior and one that was archived', async () => {
    await desk.register('bare');
    expect(await desk.promote('bare')).toMatchObject({ outcome: 'promoted', overruled: true });
    await desk.promote('champion');
    await desk.register('inferior', 0.1);
    await desk.check();
    expect((await desk.model('inferior')).state).toBe('evaluated_inferior');
    expect(await desk.promote('inferior')).toMatchObject({ outcome: 'promoted', previousRunId: 'champion' });
    expect(await desk.promote('bare')).toMatchObject({ outcome: 'promoted', previousRunId: 'inferior' });
  });

  test('makes the first champion of a slot', async () => {
    const fresh = openModelDesk();
    await fresh.register('first');
    expect(await fresh.promote('first')).toMatchObject({ outcome: 'promoted', previousRunId: null });
    expect(await fresh.deployment()).toMatchObject({ championRunId: 'first', history: [] });
  });

  test('of the champion changes nothing', async () => {
    const before = await desk.deployment();
    expect(await desk.promote('champion')).toEqual({ outcome: 'already_production', runId: 'champion' });
    expect(await desk.deployment()).toEqual(before);
  });

  test('the same command twice promotes once, also when another model came in between', async () => {
    await desk.register('next', 0.5);
    const twice = { id: 'the-command' };
    expect(await desk.promote('next', twice)).toMatchObject({ outcome: 'promoted' });
    expect(await desk.promote('next', twice)).toEqual({ outcome: 'already_production', runId: 'next' });
    await desk.promote('champion');
    expect(await desk.promote('next', twice)).toEqual({
      outcome: 'superseded',
      runId: 'next',
      championRunId: 'champion',
    });
    expect((await desk.deployment()).championRunId).toBe('champion');
  });

  test('archives a candidate whose bytes are gone, and leaves any other model where it is', async () => {
    await desk.register('gone', 0.9);
    desk.modelStore.lose((await desk.model('gone')).modelHash);
    expect(await desk.promote('gone')).toEqual({ outcome: 'unloadable', runId: 'gone', reason: 'bytes missing' });
    expect(await desk.model('gone')).toMatchObject({ state: 'archived', reason: 'bytes missing' });
    const before = await desk.deployment();
    expect(await desk.promote('gone')).toEqual({ outcome: 'unloadable', runId: 'gone', reason: 'bytes missing' });
    expect(await desk.deployment()).toEqual(before);
    expect(before.championRunId).toBe('champion');
  });

  test('refuses a run that is not registered, and a run id that is none', async () => {
    await expect(desk.promote('nobody')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await expect(desk.promote('no body')).rejects.toMatchObject({ code: 'RUN_ID_INVALID' });
  });

  test('of two persons at once leaves one model in production, and both are in the history', async () => {
    await desk.register('a', 0.1);
    await desk.register('b', 0.2);
    const outcomes = await Promise.all([desk.promote('a'), desk.promote('b')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['promoted', 'promoted']);
    const production = (await desk.models()).filter(({ state }) => state === 'production');
    expect(production.map(({ runId }) => runId)).toEqual([(await desk.deployment()).championRunId]);
    expect((await desk.deployment()).history).toHaveLength(2);
  });

  test('an unloadable candidate is archived also when another command comes in between', async () => {
    await desk.register('gone', 0.9);
    await desk.register('other', 0.1);
    desk.modelStore.lose((await desk.model('gone')).modelHash);
    desk.ledger.beforeCommit = async () => {
      desk.ledger.beforeCommit = undefined;
      await desk.promote('other');
    };
    expect(await desk.promote('gone')).toMatchObject({ outcome: 'unloadable' });
    expect((await desk.model('gone')).state).toBe('archived');
    expect((await desk.deployment()).championRunId).toBe('other');
  });
});
