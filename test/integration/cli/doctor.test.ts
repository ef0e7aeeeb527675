import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import { migrate } from '../../../src/adapters/local/migrate.ts';
import { migrations } from '../../../src/adapters/local/migrations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { plantedMarket } from '../../unit/training/planted-market.ts';
import { writeCandles } from './support/candle-files.ts';
import { openDesk } from './support/open-desk.ts';
import { type AresRun, runAres } from './support/run-ares.ts';

interface Findings {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly message: string;
    readonly remedy: string;
  }[];
}

const doctor = (dataDir: string, env: Record<string, string> = {}) => runAres(dataDir, ['doctor', '--json'], env);
const finding = (run: AresRun, check: string) => (run.json() as Findings).findings.find((one) => one.check === check);

describe('ares doctor', () => {
  test('finds a sound system sound, and every finding of trouble has a remedy', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    await desk.promote('run-1');
    const run = await doctor(desk.dataDir);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { healthy, findings } = run.json() as Findings;
    expect(healthy).toBe(true);
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'inference',
      'data directory',
      'disk space',
      'database',
      'audit trail',
      'models',
      'port 4100',
      'keys',
      'clock',
    ]);
    for (const { severity, remedy } of findings) expect(remedy === '').toBe(severity === 'ok');
    expect((await desk.ares('doctor')).stdout).toMatch(/Nothing is broken\.\n$/);
  });

  test('takes a machine on which nothing was started for one that can start', async () => {
    const dataDir = join(temporaryDirectory(), 'new');
    const run = await doctor(dataDir);
    expect(run.code).toBe(0);
    expect(finding(run, 'data directory')).toMatchObject({
      severity: 'warning',
      message: `${dataDir} does not exist yet`,
    });
    expect(finding(run, 'database')).toMatchObject({ severity: 'ok' });
  });

  test('reports a database that is none, and does not touch it', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(
      join(dataDir, 'ares.db'),
      'not a database at all, but long enough to be read as the header of one, one hundred bytes and more',
    );
    const run = await doctor(dataDir);
    expect(run).toMatchObject({ code: 1, stderr: '' });
    expect(finding(run, 'database')).toMatchObject({
      severity: 'broken',
      message: expect.stringContaining('DATABASE_CORRUPT'),
      remedy: expect.stringContaining('backup'),
    });
    expect(finding(run, 'audit trail')).toBeUndefined();
  });

  test('reports a damaged page', async () => {
    const desk = openDesk();
    for (let run = 0; run < 40; run++) await desk.register(`run-${run}`);
    const copy = join(temporaryDirectory(), 'ares.db');
    const db = new DatabaseSync(join(desk.dataDir, 'ares.db'));
    db.prepare('VACUUM INTO ?').run(copy);
    db.close();
    const file = openSync(copy, 'r+');
    for (let page = 8; page < 20; page++) writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, page * 4_096);
    closeSync(file);
    const run = await doctor(join(copy, '..'));
    expect(run.code).toBe(1);
    expect(finding(run, 'database')?.severity).toBe('broken');
  });

  test('reports the schema of a newer Ares as broken, and leaves that of an older one to the next start', async () => {
    const dataDir = temporaryDirectory();
    const path = join(dataDir, 'ares.db');
    const db = new DatabaseSync(path);
    migrate(db, path, migrations.slice(0, 1));
    const old = await doctor(dataDir);
    expect(old.code).toBe(0);
    expect(finding(old, 'database')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('older than'),
    });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    db.exec('PRAGMA user_version = 99');
    db.close();
    const newer = await doctor(dataDir);
    expect(newer.code).toBe(1);
    expect(finding(newer, 'database')).toMatchObject({
      severity: 'broken',
      message: expect.stringContaining('was 99'),
    });
  });

  test('reports an audit trail that was tampered with, and a production model whose bytes are gone', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    await desk.promote('run-1');
    const db = new DatabaseSync(join(desk.dataDir, 'ares.db'));
    db.exec('DROP TRIGGER audit_entries_are_never_deleted');
    db.exec(`DELETE FROM audit WHERE pk = 'entries#models' AND value LIKE '%ModelRegistered%'`);
    db.close();
    rmSync(join(desk.dataDir, 'models'), { recursive: true });
    const run = await desk.ares('doctor', '--json');
    expect(run.code).toBe(1);
    expect(finding(run, 'audit trail')).toMatchObject({
      severity: 'broken',
      message: 'must be valid, entry 1 of "models" is missing',
    });
    expect(finding(run, 'models')).toMatchObject({ severity: 'broken', remedy: expect.stringContaining('rollback') });
    expect((await desk.ares('doctor')).stdout).toMatch(/2 things must be mended\.\n$/);
  });

  test('reports a data directory that is a file', async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    const run = await doctor(path);
    expect(run.code).toBe(1);
    expect(finding(run, 'data directory')).toMatchObject({
      severity: 'broken',
      message: `${path} must be a directory, was a file`,
    });
    const below = await doctor(join(path, 'below'));
    expect(below.code).toBe(1);
    expect(finding(below, 'data directory')?.severity).toBe('broken');
  });

  test.skipIf(process.getuid?.() === 0)('reports a data directory that cannot be written', async () => {
    const dataDir = join(temporaryDirectory(), 'read-only');
    mkdirSync(dataDir, { mode: 0o500 });
    const run = await doctor(dataDir);
    expect(run.code).toBe(1);
    expect(finding(run, 'data directory')).toMatchObject({
      severity: 'broken',
      message: expect.stringContaining('EACCES'),
    });
  });

  test('reports the port of the page when another program has it, and whose it is when Ares has it', async () => {
    const dataDir = temporaryDirectory();
    const server = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen({ port: 4_100, host: '127.0.0.1' }, () => resolve(true));
    });
    if (taken) onTestFinished(() => void server.close());
    expect(finding(await doctor(dataDir), 'port 4100')).toMatchObject({
      severity: 'warning',
      message: 'another program has it',
    });
    writeFileSync(join(dataDir, 'runner.pid'), `${process.pid}\n`);
    expect(finding(await doctor(dataDir), 'port 4100')).toMatchObject({
      severity: 'ok',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  });

  test('checks the keys and the clock where an exchange is configured, and says when that does not answer', async () => {
    const directory = temporaryDirectory();
    const candles = writeCandles(join(directory, 'candles.csv'), plantedMarket(1, 100));
    const exchange = await startPaperExchange({
      port: 0,
      data: candles,
      symbol: 'BTC/USDT',
      speed: 1,
      lockstep: false,
      quoteBalance: '1',
      ackTimeout: 1_000,
      weightLimit: 1_000,
      apiKey: 'key',
      secret: 'secret',
    });
    const env = { ARES_EXCHANGE_URL: exchange.url };
    expect(finding(await doctor(directory, env), 'clock')).toMatchObject({
      severity: 'ok',
      message: expect.stringContaining('the exchange'),
    });
    await exchange.close();
    const keys = join(directory, 'keys.json');
    writeFileSync(keys, '{"apiKey":"k","secret":"s"}');
    chmodSync(keys, 0o644);
    const gone = await doctor(directory, { ...env, ARES_KEYS_FILE: keys });
    expect(gone.code).toBe(1);
    expect(finding(gone, 'clock')?.severity).toBe('broken');
    expect(finding(gone, 'keys')).toMatchObject({
      severity: 'broken',
      message: expect.stringContaining('KEYS_EXPOSED'),
    });
  });
});
