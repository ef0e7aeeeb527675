import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AresError } from '../../src/core/ares-error.ts';

/** With less space than this SQLite can no longer write a page and its journal. */
const FULL_BELOW_BYTES = 64 * 1024;

/** A process of the deployment, run beside the runner. */
export interface LocalProcess {
  readonly name: string;
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Resolves with its exit code, or the signal's name, when it has ended. */
  readonly ended: Promise<number | string>;
  /** The last line it wrote, or where to look. */
  lastWords(): string;
  /** Asks it to end in order; resolves when it has, after `patienceMs` by force. */
  stop(patienceMs?: number): Promise<void>;
}

/**
 * Starts one of the apps on this Node, logging to a file.
 *
 * @throws AresError `PROCESS_FAILED` when it ends before it is ready, with the last line it wrote
 */
export async function startProcess(
  request: {
    readonly name: string;
    readonly entry: URL;
    readonly args?: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly logFile: string;
  },
  signal?: AbortSignal,
): Promise<LocalProcess> {
  const { name, logFile } = request;
  mkdirSync(dirname(logFile), { recursive: true });
  // The process writes its log itself: what it says after the runner was killed is what tells why.
  const log = openSync(logFile, 'a');
  const begin = statSync(logFile).size;
  const child = fork(request.entry, request.args ?? [], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--conditions=local'],
    env: { ...process.env, ...request.env },
    stdio: ['ignore', 'ignore', log, 'ipc'],
    // Ctrl-C in a terminal reaches the whole group: the runner alone decides in which order its processes end.
    detached: true,
  });
  closeSync(log);
  const lastWords = (): string => {
    // Then the log is where its last words are not.
    if (isFull(logFile)) return `the disk of ${logFile} is full: free space, then start again`;
    return lastMessage(readFileSync(logFile).subarray(begin).toString('utf8')) ?? `see ${logFile}`;
  };
  const ended = new Promise<number | string>((resolve) =>
    child.on('exit', (code, killedBy) => resolve(code ?? killedBy ?? 'unknown')),
  );
  const end = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  const ready = await Promise.race([
    new Promise<Record<string, unknown>>((resolve) =>
      child.on('message', (message: Record<string, unknown>) => {
        if (message.ready === true) resolve(message);
      }),
    ),
    ended.then((how) => {
      throw new AresError('PROCESS_FAILED', `the ${name} must start, ended with ${how}: ${lastWords()}`, { name });
    }),
  ]).finally(() => signal?.removeEventListener('abort', end));
  return {
    name,
    // It has said that it is ready, so it was started.
    pid: child.pid as number,
    ready,
    ended,
    lastWords,
    stop: async (patienceMs = 10_000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function isFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize < FULL_BELOW_BYTES;
}

/** The newest line that says something: a log line's message, else the line of a crash that names the error. */
function lastMessage(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => line.startsWith('{') || /^\w*Error\b/.test(line)) ?? lines.at(-1);
  if (said === undefined) return undefined;
  try {
    return String((JSON.parse(said) as { msg?: unknown }).msg ?? said);
  } catch {
    return said;
  }
}
