import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createPowertoolsLog } from '../../../src/adapters/aws/powertools-log.ts';
import { type Line, logContract } from './log-contract.ts';

/** The logger writes to the streams of the process. */
function captured() {
  const text: string[] = [];
  const keep = (chunk: unknown) => text.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep));
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const parsed = (): readonly Line[] =>
    text
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  return parsed;
}

logContract('Powertools', (level) => {
  const lines = captured();
  const log = createPowertoolsLog(level, 'ares-test');
  const before = lines().length;
  return { log, lines: () => lines().slice(before), messageField: 'message' };
});

test('the last words of a process are printed, with the service, even after more than a pipe holds', () => {
  const script = join(import.meta.dirname, 'support/log-and-exit.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(status).toBe(7);
  expect(stdout.split('\n').length).toBeGreaterThan(10);
  expect(JSON.parse(stderr)).toMatchObject({
    level: 'ERROR',
    service: 'ares-test',
    message: 'the last words',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});
