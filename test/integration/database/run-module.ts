import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';

const modulePath = (name: string) => join(import.meta.dirname, name);

/** Starts a TypeScript module of this folder in a process of its own. */
export function startModule(name: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, ['--conditions=local', modulePath(name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

/** What the process wrote to its outputs until it ended. */
export async function outputOf(child: ChildProcess): Promise<{ output: string; code: number | null }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output, code };
}
