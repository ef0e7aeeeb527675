import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataDirectory } from '../../../src/adapters/local/data-directory-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startModule } from './run-module.ts';

async function holder(directory: string) {
  const child = startModule('hold-lock.ts', [directory]);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return { pid: child.pid, end: (signal: NodeJS.Signals) => child.kill(signal) && ended };
}

test('a second runner on the same directory is told which process is in the way and what to do', async () => {
  const directory = temporaryDirectory();
  const first = await holder(directory);
  expect(() => lockDataDirectory(directory)).toThrow(
    expect.objectContaining({
      code: 'ALREADY_RUNNING',
      message: expect.stringMatching(
        new RegExp(`process ${first.pid} already uses it\\. Stop that one .* ARES_DATA_DIR`),
      ),
    }),
  );
  await first.end('SIGKILL');
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'the directory is free again after the runner ended by %s',
  async (signal) => {
    const directory = temporaryDirectory();
    const first = await holder(directory);
    await first.end(signal);
    lockDataDirectory(directory).release();
  },
);

test('a runner that released the directory can lock it again', () => {
  const directory = temporaryDirectory();
  const lock = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'ALREADY_RUNNING' }));
  lock.release();
  lock.release();
  lockDataDirectory(directory).release();
});

test('a directory that cannot be made is named with a remedy', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  expect(() => lockDataDirectory(join(file, 'data'))).toThrow(expect.objectContaining({ code: 'DATA_DIR_UNWRITABLE' }));
});
