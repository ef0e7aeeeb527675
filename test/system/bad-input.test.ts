import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { mountSmallDisk, noMountReason } from '../support/own-mount.ts';
import { childrenOf } from '../support/process-table.ts';
import { spawnProgram } from '../support/spawned-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HEADER = 'ts_ms,open,high,low,close,volume';
const PAPER = ['--port', '0'];

/** Runs a program that must not start, and says how it ended. */
async function refusal(args: readonly string[], file = 'apps/local/main.ts') {
  const program = spawnProgram(file, { args });
  const code = await program.ended;
  expect(childrenOf(program.pid, 'apps/')).toEqual([]);
  return { code, says: program.stderr() };
}

describe('npm start and npm run demo refuse what they cannot use, saying what must be and what was', () => {
  it.each([
    ['apps/local/main.ts', ['--speeed', '5'], /unknown option '--speeed'/],
    ['apps/local/main.ts', ['--data', 'none.csv'], /data must be a file, "none\.csv" does not exist/],
    [
      'apps/local/main.ts',
      ['--exchange', 'binance'],
      /must be named by --exchange, --exchange-url and --keys together/,
    ],
    ['apps/local/demo.ts', ['--speed', '5'], /unknown option '--speed'/],
    ['apps/local/demo.ts', ['--bars', 'many'], /bars must be a whole number from 1 to 10000000, was "many"/],
  ])('%s %j', async (file, args, message) => {
    const { code, says } = await refusal(args, file);
    expect(says).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('a candle file that cannot be traded is refused', () => {
  it.each([
    [
      'naming line and column',
      'bad.csv',
      Buffer.from(`${HEADER}\n1641000000000,1,2,0.5,1,1\n1641000060000,1,2,abc,1,1\n`),
      /CANDLES_INVALID: .*bad\.csv: line 3, column low: must be a number, was "abc"/,
    ],
    [
      'when it was cut off',
      'cut.csv.gz',
      gzipSync(`${HEADER}\n${'1641000000000,1,2,0.5,1,1\n'.repeat(500)}`).subarray(0, 40),
      /CANDLES_INVALID: .*cut\.csv\.gz must be a complete gzip file, was damaged or cut off/,
    ],
    [
      'when it holds too few candles to train on',
      'few.csv',
      Buffer.from(`${HEADER}\n${Array.from({ length: 300 }, (_, i) => `${i * 60_000},1,2,0.5,1,1`).join('\n')}\n`),
      /CANDLES_TOO_FEW: candles must be at least 1920, .* were 300/,
    ],
  ])('%s', async (_how, name, content, message) => {
    const directory = temporaryDirectory();
    const path = join(directory, name);
    writeFileSync(path, content);
    const { code, says } = await refusal([...PAPER, '--data', path, '--data-dir', join(directory, 'data')]);
    expect(says).toMatch(message);
    expect(code).toBe(1);
  });
});

describe('a data directory that cannot be used is refused', () => {
  it('when it lies below a file', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    const { code, says } = await refusal([...PAPER, '--data-dir', join(directory, 'file', 'data')]);
    expect(says).toMatch(/DATA_DIR_UNWRITABLE: .*must be writable.*--data-dir/);
    expect(code).toBe(1);
  });

  it.skipIf(noMountReason)(`when it is read-only${noMountReason ? `: skipped, ${noMountReason}` : ''}`, async () => {
    const directory = join(temporaryDirectory(), 'disk');
    mountSmallDisk(directory, '1m').remount('ro');
    const { code, says } = await refusal([...PAPER, '--data-dir', directory]);
    expect(says).toMatch(/DATA_DIR_UNWRITABLE: .*must be writable/);
    expect(code).toBe(1);
  });

  it('when its database is damaged, with the remedy, and leaves the file as it is', async () => {
    const directory = temporaryDirectory();
    const database = join(directory, 'ares.db');
    writeFileSync(database, createHash('sha256').update('not a database').digest('hex').repeat(200));
    const before = readFileSync(database);
    const { code, says } = await refusal([...PAPER, '--data-dir', directory]);
    expect(says).toMatch(/DATABASE_CORRUPT: .*ares\.db must be a healthy SQLite database.*backup/);
    expect(code).toBe(1);
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('when the paper exchange in it is damaged', async () => {
    const directory = temporaryDirectory();
    const { path } = writeCandleSlice(join(directory, 'candles.csv'), 2_000);
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'paper-exchange.db'), 'garbage'.repeat(1_000));
    const damaged = await refusal([...PAPER, '--data', path, '--data-dir', data]);
    expect(damaged.says).toMatch(
      /PROCESS_FAILED: the paper exchange must start, .*paper-exchange\.db must be a database/,
    );
    expect(damaged.code).toBe(1);
  });

  it('when the keys of its paper exchange are damaged, with the remedy and without a word of them', async () => {
    const directory = temporaryDirectory();
    const { path } = writeCandleSlice(join(directory, 'candles.csv'), 2_000);
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'paper-keys.json'), '{"apiKey":"abcdef');
    const { code, says } = await refusal([...PAPER, '--data', path, '--data-dir', data]);
    expect(says).toMatch(/KEYS_INVALID: .*paper-keys\.json must be JSON with apiKey and secret, was not\. Remove it/);
    expect(says).not.toContain('abcdef');
    expect(code).toBe(1);
  });
});

describe('keys of another exchange are refused before anything is trained or sent', () => {
  it.each([
    [
      'that others can read',
      '{"apiKey":"a","secret":"hush-hush"}',
      0o644,
      /KEYS_EXPOSED: .* must be 0600, was 0644.*chmod 600/,
    ],
    ['without a secret', '{"apiKey":"hush-hush"}', 0o600, /KEYS_INVALID: .*wrong or missing: secret/],
    ['that are not there', undefined, 0o600, /KEYS_MISSING: .*must be readable from/],
  ])('%s', async (_what, content, mode, message) => {
    const directory = temporaryDirectory();
    const keys = join(directory, 'keys.json');
    if (content !== undefined) writeFileSync(keys, content, { mode });
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = ['--exchange', 'binance', '--exchange-url', url, '--keys', keys];
    const { code, says } = await refusal([...PAPER, '--data-dir', join(directory, 'data'), ...other]);
    expect(says).toMatch(message);
    expect(says).not.toContain('hush-hush');
    expect(code).toBe(1);
    expect(asked).toBe(0);
  });
});
