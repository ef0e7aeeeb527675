import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AresError } from '../../src/core/ares-error.ts';

/** A process of the deployment, run beside the runner. */
export interface LocalProcess {
  readonly name: string;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Resolves with its exit code, or the signal's name, when it has ended. */
  readonly ended: Promise<number | string>;
  /** Asks it to end in order; resolves when it has, after `patienceMs` by force. */
  stop(patienceMs?: number): Promise<void>;
}

/**
 * Starts one of the apps on this Node, logging to a file.
 *
 * @throws AresError `PROCESS_FAILED` when it ends before it is ready, with the last line it wrote
 */
export async function startProcess(request: {
  readonly name: string;
  readonly entry: URL;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
}): Promise<LocalProcess> {
  mkdirSync(dirname(request.logFile), { recursive: true });
  const log = openSync(request.logFile, 'a');
  const child = fork(request.entry, request.args ?? [], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--conditions=local'],
    env: { ...process.env, ...request.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C in a terminal reaches the whole group: the runner alone decides in which order its processes end.
    detached: true,
  });
  const tail = followErrors(child, log);
  const ended = new Promise<number | string>((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')));
  const ready = await Promise.race([
    new Promise<Record<string, unknown>>((resolve) =>
      child.on('message', (message: Record<string, unknown>) => {
        if (message.ready === true) resolve(message);
      }),
    ),
    ended.then((how) => {
      throw new AresError('PROCESS_FAILED', `the ${request.name} must start, ended with ${how}: ${tail() || `see ${request.logFile}`}`, { name: request.name });
    }),
  ]);
  return {
    name: request.name,
    ready,
    ended,
    stop: async (patienceMs = 10_000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Copies what the process writes into its log, and remembers the last line for whoever reports its end. */
function followErrors(child: ChildProcess, log: number): () => string {
  let last = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    writeSync(log, chunk);
    const lines = chunk.toString('utf8').trimEnd().split('\n');
    last = messageOfLine(lines.at(-1) ?? '') || last;
  });
  return () => last;
}

function messageOfLine(line: string): string {
  try {
    return String((JSON.parse(line) as { msg?: unknown }).msg ?? line);
  } catch {
    return line;
  }
}
