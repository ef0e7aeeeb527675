import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const RUN = new URL('../../bench/run.ts', import.meta.url).pathname;

/** `npm run bench` with these arguments, as a process of its own. */
export async function runBench(args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=local', RUN, ...args], {
    env: { ...process.env, ...changes },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, errors };
}
