import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes a generated file of the repository; with `--check` on the command line it compares instead, and a stale file fails the process. */
export function writeGenerated(path: string, content: string): void {
  const file = `${root}${path}`;
  const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    if (current !== content) writeFileSync(file, content);
  } else if (current !== content) {
    const script = relative(root, process.argv[1] ?? '');
    console.error(`${path} must be what ${script} writes, was different: run "node ${script}".`);
    process.exitCode = 1;
  }
}
