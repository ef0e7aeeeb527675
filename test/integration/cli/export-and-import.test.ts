import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lockDataDirectory } from '../../../src/adapters/local/data-directory-lock.ts';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { acquireLease } from '../../../src/core/trading/lease.ts';
import { readTradingState } from '../../../src/core/trading/trading-state.ts';
import { quiet } from '../../support/engine-harness.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openDesk, SLOT } from './support/open-desk.ts';
import { runAres } from './support/run-ares.ts';

async function exportedDesk() {
  const desk = openDesk();
  await desk.register('run-1', 0.52);
  await desk.promote('run-1');
  const file = join(temporaryDirectory(), 'ares.gz');
  const run = await desk.ares('export', file, '--json');
  return { desk, file, run };
}

/** The archive with the line that begins so changed, compressed again as if nothing had happened. */
function damage(file: string, begins: string, change: (line: string) => string): string {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const at = lines.findIndex((line) => line.includes(begins));
  const path = `${file}-${begins.replaceAll(/\W/g, '')}-${Math.random()}`;
  writeFileSync(path, gzipSync(lines.with(at, change(lines[at] ?? '')).join('\n')));
  return path;
}

const refusal = async (file: string) => {
  const dataDir = join(temporaryDirectory(), 'new');
  const run = await runAres(dataDir, ['import', file, '--yes', '--json']);
  expect({ code: run.code, stdout: run.stdout, made: existsSync(dataDir) }).toEqual({
    code: 1,
    stdout: '',
    made: false,
  });
  return run.error().code;
};

describe('ares export and import', () => {
  test('move a system to another directory, where it is halted until it is resumed', async () => {
    const { desk, file, run } = await exportedDesk();
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.json()).toMatchObject({
      file,
      bytes: statSync(file).size,
      counts: { models: 1, audit: expect.any(Number) },
      missingModels: [],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['ares.gz']);

    const dataDir = join(temporaryDirectory(), 'new');
    const look = await runAres(dataDir, ['import', file]);
    expect(look).toMatchObject({ code: 4, stdout: expect.stringContaining(`To do it: ./ares import ${file} --yes`) });
    expect(existsSync(dataDir)).toBe(false);

    const done = await runAres(dataDir, ['import', file, '--yes', '--json', '--user', 'grace']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.json()).toMatchObject({ outcome: 'imported', stage: 'local', slots: [{ slot: SLOT }] });
    const status = await runAres(dataDir, ['status', '--json']);
    expect(status.json()).toMatchObject({
      champion: { runId: 'run-1' },
      trading: {
        state: 'HALTED',
        by: 'grace',
        reason: expect.stringContaining('resume after the exchange and the books were compared'),
      },
    });
    expect((await runAres(dataDir, ['audit', 'verify'])).code).toBe(0);
    expect((await runAres(dataDir, ['resume', '--reason', 'compared'])).code).toBe(0);
    const restored = createSqliteLedger(openDatabase(dataDir));
    expect(await readTradingState(restored, SLOT)).toMatchObject({ state: 'ACTIVE' });
    expect((await readTradingState(desk.ledger, SLOT)).state).toBe('ACTIVE');
    expect((await runAres(dataDir, ['import', file, '--yes', '--json'])).error().code).toBe('ARCHIVE_TARGET_NOT_EMPTY');
  });

  test('refuse a damaged file wherever the damage is, and make no directory for it', async () => {
    const { file } = await exportedDesk();
    const flip = (line: string) => line.replace(/[0-8]/, (digit) => String(Number(digit) + 1));
    for (const begins of ['"kind":"header"', '"kind":"model"', '"kind":"item"', '"kind":"trailer"']) {
      expect(await refusal(damage(file, begins, flip))).toMatch(/^ARCHIVE_(DAMAGED|NEWER)$/);
    }
    const bytes = readFileSync(file);
    for (const [name, content] of [
      ['half', bytes.subarray(0, bytes.length / 2)],
      ['tail', bytes.subarray(0, -4)],
      ['bit', bytes.with(Math.floor(bytes.length / 2), (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1)],
      ['more', Buffer.concat([bytes, gzipSync('{"kind":"commit","token":"x"}\n')])],
      ['text', Buffer.from('no archive')],
      ['empty', Buffer.alloc(0)],
      ['endless', gzipSync(' '.repeat(5_000_000))],
    ] as const) {
      writeFileSync(`${file}.${name}`, content);
      expect(await refusal(`${file}.${name}`)).toBe('ARCHIVE_DAMAGED');
    }
    writeFileSync(`${file}.other`, gzipSync('ts_ms,open\n1,2\n'));
    expect(await refusal(`${file}.other`)).toBe('ARCHIVE_INVALID');
    expect(await refusal(`${file}.none`)).toBe('FILE_UNREADABLE');
    expect(await refusal(join(file, '..'))).toBe('FILE_UNREADABLE');
  });

  test('refuse to export while a trader lives, and leave no file', async () => {
    const { desk } = await exportedDesk();
    const { monotonic, timers } = systemClocks;
    const lease = await acquireLease(
      { slot: SLOT, owner: 'alive', ttlMs: 600, recvWindowMs: 100 },
      { ledger: desk.ledger, monotonic, timers, log: quiet },
    );
    const file = join(temporaryDirectory(), 'a.gz');
    const run = await runAres(desk.dataDir, ['export', file, '--json'], {
      ARES_LEASE_TTL_MS: '1000',
      ARES_RECV_WINDOW_MS: '500',
    });
    await lease.release();
    expect(run.error().code).toBe('TRADER_RUNNING');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  test('refuse to overwrite a file, and to import where Ares is running', async () => {
    const { desk, file } = await exportedDesk();
    const before = readFileSync(file);
    expect((await desk.ares('export', file, '--json')).error().code).toBe('FILE_EXISTS');
    expect(readFileSync(file)).toEqual(before);
    const dataDir = temporaryDirectory();
    const lock = lockDataDirectory(dataDir);
    expect((await runAres(dataDir, ['import', file, '--yes', '--json'])).error().code).toBe('ALREADY_RUNNING');
    lock.release();
    expect((await runAres(dataDir, ['import', file, '--yes', '--json'])).code).toBe(0);
  });
});
