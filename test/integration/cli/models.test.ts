import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { readDeployment } from '../../../src/core/promotion/deployment.ts';
import { MARKET_TIME, openDesk, SLOT } from './support/open-desk.ts';

async function deskWithModels() {
  const desk = openDesk();
  await desk.register('run-1', 0.52);
  await desk.register('run-2', 0.55);
  return desk;
}

describe('ares models', () => {
  test('lists the models of the slot, all or those in one state', async () => {
    const desk = await deskWithModels();
    await desk.promote('run-1');
    const all = await desk.ares('models', 'list', '--json');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.json()).toMatchObject([
      { runId: 'run-1', state: 'production', metrics: { accuracy: 0.52 } },
      { runId: 'run-2', state: 'candidate' },
    ]);
    const candidates = await desk.ares('models', 'list', '--state', 'candidate');
    expect(candidates.stdout).toMatch(/^RUN +STATE +ACCURACY/);
    expect(candidates.stdout).toContain('55.00 %');
    expect(candidates.stdout).not.toContain('run-1');
    expect((await desk.ares('models', 'list', '--state', 'retired')).code).toBe(2);
  });

  test('shows one model with its life from the audit trail', async () => {
    const desk = await deskWithModels();
    await desk.promote('run-1');
    await desk.promote('run-2');
    const shown = await desk.ares('models', 'show', 'run-1', '--json');
    expect(shown.json()).toMatchObject({
      runId: 'run-1',
      state: 'archived',
      live: null,
      history: [
        { eventType: 'ModelRegistered', from: null, to: 'candidate', user: 'desk', reason: 'registered' },
        { eventType: 'ModelPromoted', from: 'candidate', to: 'production' },
        { eventType: 'ModelArchived', from: 'production', to: 'archived', reason: 'replaced by run-2' },
      ],
    });
    expect((await desk.ares('models', 'show', 'run-1')).stdout).toContain('candidate → production');
    const unknown = await desk.ares('models', 'show', 'run-9');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/^ares: MODEL_UNKNOWN: .*"run-9"\n$/);
  });
});

describe('ares promote', () => {
  test('puts a model into production by the will of a person, at the time of the market', async () => {
    const desk = await deskWithModels();
    await desk.beat({ marketTime: MARKET_TIME + 60_000 });
    const run = await desk.ares('promote', 'run-1', '--reason', 'tried by hand', '--user', 'ada', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.json()).toEqual({ outcome: 'promoted', runId: 'run-1', previousRunId: null, overruled: false });
    const { entries } = await queryAudit(desk.ledger, { eventType: 'ModelPromoted', limit: 10 });
    expect(entries).toMatchObject([
      { user: 'ada', timestamp: MARKET_TIME + 60_000, details: { reason: 'tried by hand', policy: 'manual' } },
    ]);
    expect(await desk.ares('promote', 'run-1')).toMatchObject({ code: 0, stdout: 'run-1 is in production already.\n' });
  });

  test('carries wall time when the trader is silent', async () => {
    const desk = await deskWithModels();
    await desk.beat({ at: Date.now() - 60_000 });
    const before = Date.now();
    await desk.ares('promote', 'run-1');
    const { entries } = await queryAudit(desk.ledger, { eventType: 'ModelPromoted', limit: 10 });
    expect(entries[0]?.timestamp).toBeGreaterThanOrEqual(before);
  });

  test("carries the time of its own slot's market, not of another whose trader reported later", async () => {
    const desk = await deskWithModels();
    const other = SLOT.replace('BTC', 'ETH') as SlotId;
    await desk.addSlot(other);
    await desk.beat({ at: Date.now() - 5_000, marketTime: MARKET_TIME + 60_000 });
    await desk.beat({ marketTime: MARKET_TIME + 3_600_000 }, other);
    expect(await desk.ares('promote', 'run-1', '--slot', SLOT)).toMatchObject({ code: 0, stderr: '' });
    const { entries } = await queryAudit(desk.ledger, { eventType: 'ModelPromoted', limit: 10 });
    expect(entries).toMatchObject([{ timestamp: MARKET_TIME + 60_000 }]);
  });

  test('says so when the gate is overruled, and refuses a model whose bytes are gone', async () => {
    const desk = await deskWithModels();
    await desk.promote('run-2');
    expect((await desk.ares('promote', 'run-1', '--json')).json()).toMatchObject({
      outcome: 'promoted',
      overruled: true,
    });
    await desk.register('run-3');
    rmSync(join(desk.dataDir, 'models'), { recursive: true });
    const gone = await desk.ares('promote', 'run-3', '--json');
    expect(gone.code).toBe(4);
    expect(gone.json()).toEqual({ outcome: 'unloadable', runId: 'run-3', reason: 'bytes missing' });
  });

  test('fails on an unknown run, and on a word that cannot be one', async () => {
    const desk = await deskWithModels();
    expect((await desk.ares('promote', 'run-9', '--json')).error().code).toBe('MODEL_UNKNOWN');
    expect((await desk.ares('promote', 'run 9')).code).toBe(2);
    expect((await desk.ares('promote')).code).toBe(2);
  });
});

describe('ares rollback', () => {
  test('says what it would do and does nothing without --yes', async () => {
    const desk = await deskWithModels();
    await desk.promote('run-1');
    await desk.promote('run-2');
    const preview = await desk.ares('rollback', '--json');
    expect(preview.code).toBe(4);
    expect(preview.json()).toMatchObject({
      outcome: 'possible',
      from: 'run-2',
      to: 'run-1',
      command: './ares rollback --yes',
    });
    expect((await readDeployment(desk.ledger, SLOT)).championRunId).toBe('run-2');
    expect((await desk.ares('rollback')).stdout).toContain('./ares rollback --yes');
  });

  test('goes back with --yes, and ends with 3 when no model is left', async () => {
    const desk = await deskWithModels();
    await desk.promote('run-1');
    await desk.promote('run-2');
    const done = await desk.ares('rollback', '--yes', '--reason', 'loses', '--json');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.json()).toEqual({ outcome: 'rolled_back', runId: 'run-1', previousRunId: 'run-2', repeated: false });
    const none = await desk.ares('rollback', '--yes', '--json');
    expect(none.code).toBe(3);
    expect(none.json()).toEqual({ outcome: 'none_left', runId: 'run-1' });
    expect((await desk.ares('models', 'show', 'run-2')).stdout).toContain('rolled back to run-1');
  });

  test('goes back to a named run, which must have been in production', async () => {
    const desk = await deskWithModels();
    await desk.register('run-3');
    await desk.promote('run-1');
    await desk.promote('run-2');
    const never = await desk.ares('rollback', 'run-3', '--json');
    expect(never.code).toBe(1);
    expect(never.error().code).toBe('ROLLBACK_TARGET_INVALID');
    expect((await desk.ares('rollback', 'run-1')).code).toBe(0);
    expect(await desk.ares('rollback', 'run-1')).toMatchObject({
      code: 0,
      stdout: 'run-1 is in production already.\n',
    });
  });

  test('ends with 3 where nothing was ever in production, and with 4 where the bytes are gone', async () => {
    const desk = await deskWithModels();
    expect(await desk.ares('rollback')).toMatchObject({ code: 3, stdout: 'No model was ever in production.\n' });
    await desk.promote('run-1');
    await desk.promote('run-2');
    rmSync(join(desk.dataDir, 'models'), { recursive: true });
    const gone = await desk.ares('rollback', '--yes', '--json');
    expect(gone.code).toBe(4);
    expect(gone.json()).toMatchObject({ outcome: 'unloadable', runId: 'run-1' });
  });
});
