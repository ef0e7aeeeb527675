import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const cache = join(import.meta.dirname, '../../../.cache/python');

function run(what: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} must work, failed: ${error?.message ?? `${stdout}${stderr}`}`);
}

const isFit = (python: string): boolean =>
  spawnSync(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' })
    .status === 0;

/**
 * The Python of a virtual environment that holds exactly what a requirements file pins; made once for each content of the file.
 *
 * Without Python 3.10 or newer it says so in one line and returns `undefined`, so that a suite can be skipped; where CI is "true" it throws instead.
 */
export function pythonEnvironment(requirements: string): string | undefined {
  const name = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const ready = join(cache, name);
  const python = join(ready, 'bin', 'python');
  if (existsSync(python)) return python;
  const host = ['python3', 'python'].find(isFit);
  if (!host) {
    const lack =
      'Python 3.10 or newer with venv is needed: there is none in PATH (Debian: apt-get install python3-venv)';
    if (process.env.CI === 'true') throw new Error(lack);
    console.warn(lack);
    return undefined;
  }
  const partial = `${ready}.${process.pid}`;
  mkdirSync(dirname(partial), { recursive: true });
  try {
    run('making a Python environment', host, ['-m', 'venv', partial]);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements];
    run(`installing ${requirements}`, join(partial, 'bin', 'python'), install);
    // It gets its final name only when everything has arrived; test files run side by side, and whoever is first wins.
    if (!existsSync(ready)) renameSync(partial, ready);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return python;
}
