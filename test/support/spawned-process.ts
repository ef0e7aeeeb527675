import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** What still runs when the test run ends early is not left behind. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

const ROOT = new URL('../../', import.meta.url).pathname;

/** A program of ours as a process of its own, with everything it says. */
export interface SpawnedProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with its exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** The first match in what it has said or says within the time. */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
}

export interface SpawnOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it can read; without it, nothing. */
  readonly input?: string;
  /** With it the caller ends the process: it may outlive the running test. */
  readonly keep?: boolean;
}

/** Variables of the test run that must not steer what it starts. */
const withoutAres = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ARES_') && !name.startsWith('VITEST')));

/** Starts a file of the repository under the conditions of one machine. */
export function spawnProgram(
  file: string,
  { args = [], env = {}, input = '', keep = false }: SpawnOptions = {},
): SpawnedProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--conditions=local', `${ROOT}${file}`, ...args],
    { cwd: ROOT, env: { ...withoutAres(process.env), ...env }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.end(input);
  return follow(child, file, keep);
}

/** Starts a built program in its own directory, with nothing of this test run's environment but the path. */
export function spawnBuilt(
  directory: string,
  file: string,
  { args = [], env = {}, keep = false }: SpawnOptions = {},
): SpawnedProcess {
  const environment = { PATH: process.env.PATH, ...env };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return follow(
    spawn(process.execPath, [file, ...args], { cwd: directory, env: environment, stdio: [...stdio] }),
    file,
    keep,
  );
}

/** Starts an npm script of the repository, as a user does. */
export function spawnScript(script: string, { args = [], env = {}, keep = false }: SpawnOptions = {}): SpawnedProcess {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: ROOT,
    env: { ...withoutAres(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // npm hands this signal on; one that only it hears would leave the script behind.
  return follow(child, `npm run ${script}`, keep, 'SIGTERM');
}

function follow(child: ChildProcess, name: string, keep: boolean, last: NodeJS.Signals = 'SIGKILL'): SpawnedProcess {
  living.add(child);
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    heard();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
    heard();
  });
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => {
      living.delete(child);
      resolve(code ?? signal ?? 'unknown');
    }),
  );
  const spawned: SpawnedProcess = {
    pid: child.pid as number,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill: (signal) => void child.kill(signal),
    says(pattern, withinMs = 60_000) {
      return new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          finish();
          reject(new Error(`${name} must say ${pattern}, ${why}; it said:\n${stdout}\n${stderr}`));
        };
        const timer = setTimeout(() => fail(`had not within ${withinMs} ms`), withinMs);
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match) return;
          finish();
          resolve(match);
        };
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        listeners.add(look);
        void ended.then((how) => fail(`ended with ${how}`));
        look();
      });
    },
  };
  if (!keep) {
    onTestFinished(async () => {
      child.kill('SIGCONT');
      child.kill(last);
      await ended;
    });
  }
  return spawned;
}
