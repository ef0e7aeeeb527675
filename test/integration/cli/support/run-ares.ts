import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../../ares', import.meta.url));
const DEADLINE_MS = 30_000;

export interface AresRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the one JSON value it must be. */
  readonly json: () => unknown;
  /** Standard error as the JSON error it must be. */
  readonly error: () => { readonly code: string; readonly message: string; readonly data: object };
}

/** Runs the real launcher in a process of its own, with nothing of Ares in its environment but what is given. */
export function runAres(
  dataDir: string,
  args: readonly string[],
  extra: Record<string, string> = {},
): Promise<AresRun> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('ARES_') && !name.startsWith('VITEST'),
  );
  const env = { ...Object.fromEntries(inherited), ARES_DATA_DIR: dataDir, ...extra };
  return new Promise((resolve) => {
    execFile(LAUNCHER, [...args], { env, timeout: DEADLINE_MS, maxBuffer: 64_000_000 }, (failure, stdout, stderr) => {
      // Ended by a signal there is no code, which no promise of the command line allows.
      const code = failure ? (typeof failure.code === 'number' ? failure.code : -1) : 0;
      resolve({
        code,
        stdout,
        stderr,
        json: () => JSON.parse(stdout),
        error: () => (JSON.parse(stderr) as { error: ReturnType<AresRun['error']> }).error,
      });
    });
  });
}
