import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { examine, type Finding, ok, warning } from './finding.ts';

const PAGE_PORT = 4100;

/** Whether the page's port can be had. */
export function checkPort(dataDir: string, port = PAGE_PORT): Promise<Finding> {
  const name = `port ${port}`;
  const remedy = `Start with another one: npm start -- --port ${port + 1}`;
  return examine(name, remedy, async () => {
    if (await isFree(port)) return ok(name, 'free');
    const runner = await livingRunner(dataDir);
    if (runner !== undefined) return ok(name, `taken; Ares is running on this data directory (process ${runner})`);
    return warning(name, 'another program has it', remedy);
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

/** The process that last ran on the directory, when it still lives. */
async function livingRunner(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'runner.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
