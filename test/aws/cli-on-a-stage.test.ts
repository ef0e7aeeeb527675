import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createSqliteArchive } from '../../src/adapters/local/sqlite-archive.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import { eventBridgeEvent } from '../../src/core/events/event-bridge-event.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { ModelHash } from '../../src/core/ports/model-store.ts';
import { acquireLease } from '../../src/core/trading/lease.ts';
import { readTradingState } from '../../src/core/trading/trading-state.ts';
import { dumped, sorted } from '../contract/archive/ledger-archive-contract.ts';
import { writeCandles } from '../integration/cli/support/candle-files.ts';
import { openDesk, SLOT } from '../integration/cli/support/open-desk.ts';
import { quiet } from '../support/engine-harness.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { candidateRegistered } from '../support/sample-event.ts';
import { plantedMarket } from '../unit/training/planted-market.ts';
import { startDynamoDbLocal } from './support/dynamodb-local.ts';
import { openStage } from './support/open-stage.ts';

const [dynamo, emulator] = await Promise.all([startDynamoDbLocal(), startMiniStack()]);
afterAll(async () => {
  await Promise.all([dynamo?.stop(), emulator?.stop()]);
});

describe.skipIf(!dynamo || !emulator)('ares --stage', () => {
  const open = () => openStage(dynamo!, emulator!);

  test('trains, registers, backtests, promotes and rolls back over the tables and the bucket of the stage', async () => {
    const { stage, ares, ledger, modelStore, directory } = await open();
    const data = writeCandles(join(directory, 'planted.csv'), plantedMarket(7, 2_000));
    const training = ['train', '--data', data, '--horizon', '1', '--trees', '5', '--leaves', '4'];
    for (const name of ['run-1', 'run-2']) {
      const trained = await ares(...training, '--register', name, '--seed', name.slice(-1), '--json');
      expect(trained).toMatchObject({ code: 0, stderr: '' });
      const hash = (await ledger.get(keys.model(SLOT, name)))?.value.modelHash as ModelHash;
      expect(await modelStore.has(hash)).toBe(true);
      expect(await ares('promote', name, '--user', 'ada', '--json')).toMatchObject({ code: 0, stderr: '' });
    }
    expect((await ares('models', 'list', '--json')).json()).toMatchObject([{ runId: 'run-1' }, { runId: 'run-2' }]);
    const backtest = await ares('backtest', '--data', data, '--run', 'run-2', '--json');
    expect(backtest).toMatchObject({ code: 0, stderr: '' });
    expect(backtest.json()).toMatchObject({ outcome: 'done', runId: 'run-2' });
    const preview = await ares('rollback');
    expect(preview).toMatchObject({
      code: 4,
      stdout: expect.stringContaining(`./ares --stage ${stage} rollback --yes`),
    });
    expect(await ares('rollback', '--yes')).toMatchObject({ code: 0 });
    expect((await ares('status', '--json')).json()).toMatchObject({ champion: { runId: 'run-1' }, deadEvents: 0 });
    expect(existsSync(join(directory, 'unused'))).toBe(false);
  });

  test('changes trading state and configuration, and the audit trail of the stage says so and verifies', async () => {
    const { ares, ledger } = await open();
    await ledger.commit({
      token: 'slot',
      writes: [{ kind: 'put', key: keys.slot(SLOT), expected: 'absent', value: { slot: SLOT, createdAt: 0 } }],
      audit: [],
      events: [],
    });
    for (const command of [
      ['halt', '--reason', 'maintenance'],
      ['resume', '--to', 'reducing', '--reason', 'go on'],
      ['config', 'set', 'strategy.entryThreshold=0.6'],
    ])
      expect(await ares(...command, '--user', 'ada')).toMatchObject({ code: 0, stderr: '' });
    expect((await readTradingState(ledger, SLOT)).state).toBe('REDUCING');
    expect((await ares('config', 'show')).stdout).toContain('0.6  (changed)');
    expect((await ares('audit', '--user', 'ada', '--json')).json()).toMatchObject({ entries: [{}, {}, {}] });
    expect(await ares('audit', 'verify')).toMatchObject({ code: 0 });
    const doctor = await ares('doctor', '--json');
    expect(doctor.json()).toMatchObject({ healthy: true });
    const { findings } = doctor.json() as { readonly findings: readonly { check: string; severity: string }[] };
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'inference',
      'stage',
      'tables',
      'audit trail',
      'models',
      'dead letters',
    ]);
  });

  test('lists events that a function could not handle', async () => {
    const { ares, sqs, queueUrl } = await open();
    const body = eventBridgeEvent(candidateRegistered('poison'));
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl('check-promotion'), MessageBody: JSON.stringify(body) }),
    );
    const dead = await ares('events', 'dead', '--json');
    expect(dead.json()).toMatchObject([{ target: 'check-promotion', event: { id: 'poison' } }]);
    const [{ id }] = dead.json() as [{ readonly id: string }];
    const gone = await ares('events', 'replay', id, '--json');
    expect(gone.error()).toMatchObject({ code: 'DEAD_LETTERS_REFUSED', message: expect.stringContaining('404') });
    expect((await ares('events', 'dead', '--json')).json()).toMatchObject([{ event: { id: 'poison' } }]);
    expect((await ares('events', 'replay', '00000000-0000-0000-0000-000000000000')).code).toBe(3);
  });

  test('takes a system over from one machine, halted, and gives it back the same', async () => {
    const { ares, ledger, archive, modelStore, directory } = await open();
    const desk = openDesk();
    await desk.register('run-1', 0.52);
    await desk.promote('run-1');
    const file = join(directory, 'moved.gz');
    expect(await desk.ares('export', file)).toMatchObject({ code: 0 });
    expect(await ares('import', file)).toMatchObject({ code: 4 });
    expect(await ares('import', file, '--yes', '--json')).toMatchObject({ code: 0, stderr: '' });
    expect((await ares('status', '--json')).json()).toMatchObject({
      champion: { runId: 'run-1' },
      trading: { state: 'HALTED' },
    });
    const hash = (await ledger.get(keys.model(SLOT, 'run-1')))?.value.modelHash as ModelHash;
    expect(await modelStore.has(hash)).toBe(true);
    expect((await ares('import', file, '--yes', '--json')).error().code).toBe('ARCHIVE_TARGET_NOT_EMPTY');

    const { monotonic, timers } = systemClocks;
    const lease = await acquireLease(
      { slot: SLOT, owner: 'trader', ttlMs: 1_000, recvWindowMs: 100 },
      { ledger, monotonic, timers, log: quiet },
    );
    expect(lease.epoch).toBeGreaterThan(1_700_000_000);
    await lease.release();

    const back = join(directory, 'back.gz');
    const exported = await ares('export', back, '--json');
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    const home = openDesk();
    expect(await home.ares('import', back, '--yes')).toMatchObject({ code: 0 });
    const models = async (held: Pick<typeof archive, 'dump'>) =>
      sorted((await dumped(held)).filter((one) => one.kind === 'item' && one.item.key.table === 'registry'));
    expect(await models(createSqliteArchive(openDatabase(home.dataDir)))).toEqual(await models(archive));
    expect((await home.ares('status', '--json')).json()).toMatchObject({ champion: { runId: 'run-1' } });
    expect(await home.ares('audit', 'verify')).toMatchObject({ code: 0 });
  });

  test('says what cannot be done on a stage, and what to do in its place', async () => {
    const { ares } = await open();
    const events = await ares('events', 'list', '--json');
    expect(events.code).toBe(2);
    expect(events.error()).toMatchObject({ code: 'ONE_MACHINE_ONLY', message: expect.stringContaining('ares audit') });
    const data = await ares('data', 'import', 'candles.csv', '--json');
    expect(data.error().code).toBe('ONE_MACHINE_ONLY');
  });

  test('says what is wrong with how the stage is named or described', async () => {
    const { stage, run, outputs, directory } = await open();
    const fails = async (args: readonly string[], outputsFile?: string) => {
      const failed = await run([...args, '--json'], outputsFile === undefined ? {} : { ARES_OUTPUTS: outputsFile });
      expect(failed).toMatchObject({ code: 2, stdout: '' });
      const { code, message } = failed.error();
      return `${code}: ${message}`;
    };
    expect(await fails(['--stage', 'live', 'status'])).toMatch(
      new RegExp(`^STAGE_UNKNOWN: .*\\(${stage}\\), was live`),
    );
    expect(await fails(['status', '--stage', stage], join(directory, 'none.json'))).toMatch(
      /^OUTPUTS_MISSING: .*npx --no-install cdk deploy --all -c stage=/,
    );
    const broken = join(directory, 'broken.json');
    writeFileSync(broken, '{"a":');
    expect(await fails([`--stage=${stage}`, 'status'], broken)).toMatch(/^OUTPUTS_INVALID/);
    const half = join(directory, 'half.json');
    const functionsOnly = Object.entries(outputs).filter(([name]) => name.endsWith('-functions'));
    writeFileSync(half, JSON.stringify(Object.fromEntries(functionsOnly)));
    expect(await fails(['--stage', stage, 'status'], half)).toMatch(/^ENV_INVALID: ARES_STATE_TABLE/);
    expect(await fails(['--stage', stage, '--data-dir', directory, 'status'])).toMatch(
      /^USAGE: --data-dir and --stage/,
    );
    expect(await fails(['status', '--stage'])).toMatch(/^USAGE/);
  });

  test("a stage whose name begins another stage's is not mixed up with it", async () => {
    const { stage, run, outputs, directory } = await open();
    const longer = Object.fromEntries(
      Object.keys(outputs).map((name) => [name.replace(stage, `${stage}-2`), { AresStateTable: 'no-such-table' }]),
    );
    const file = join(directory, 'two.json');
    writeFileSync(file, JSON.stringify({ ...outputs, ...longer }));
    const found = await run(['--stage', stage, 'config', 'show', '--json'], { ARES_OUTPUTS: file });
    expect(found.json()).toMatchObject({ version: 0 });
  });
});
