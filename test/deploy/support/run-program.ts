import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** Runs a program in the repository as a user does, and resolves with its standard output; rejects with everything it said when it fails. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  const environment = { PATH: path, HOME: process.env.HOME ?? '', CI: 'true', NO_COLOR: '1', ...env };
  const child = spawn(command, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let all = '';
  child.stdout.on('data', (text) => {
    out += text;
    all += text;
  });
  child.stderr.on('data', (text) => (all += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${command} ${args.join(' ')} must succeed, ended with ${code}:\n${all.slice(-8_000)}`));
    });
  });
}
