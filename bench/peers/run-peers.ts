import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { messageOf } from '../../src/core/ares-error.ts';
import { fileOf } from '../measure/named-folder.ts';

const run = promisify(execFile);
const SETUP_MS = 600_000;
const RUN_MS = 600_000;
const FOLDER = new URL('../../.cache/peers', import.meta.url).pathname;

const line = z.looseObject({
  peer: z.string(),
  version: z.string().default(''),
  work: z.string().default(''),
  runs: z.number().default(0),
  p50_us: z.number().optional(),
  p99_us: z.number().optional(),
  max_us: z.number().optional(),
});

/** One line of a peer's own script. */
export type PeerLine = z.infer<typeof line>;

export type PeersOutcome =
  | { readonly outcome: 'measured'; readonly lines: readonly PeerLine[] }
  | { readonly outcome: 'failed'; readonly reason: string };

/**
 * Installs peers once under `.cache/peers` and runs their own scripts from ARES_PEERS.
 *
 * @param names of environments to install and of scripts to run, as `setup.sh` and `run.sh` know them
 */
export async function runPeers(
  names: { readonly install: readonly string[]; readonly run: readonly string[] },
  repeats: number,
  say: (line: string) => void,
): Promise<PeersOutcome> {
  const scripts = dirname(fileOf('ARES_PEERS', 'run.sh'));
  const candles = fileOf('ARES_DATA', 'BTC_USDT-1m-2021.csv.gz');
  const env = {
    ...process.env,
    PEERS_WORK: FOLDER,
    PEERS_RUNS: String(repeats),
    PEERS_CSV: candles,
    ONLY: names.run.join(' '),
  };
  const started = performance.now();
  try {
    say(`installing the peers under ${FOLDER}; nothing to do when they are there`);
    await run('bash', [join(scripts, 'setup.sh'), ...names.install], { cwd: scripts, env, timeout: SETUP_MS });
    say(`running ${names.run.join(' and ')}, about a minute each`);
    const { stdout } = await run('bash', [join(scripts, 'run.sh')], {
      cwd: scripts,
      env,
      timeout: RUN_MS,
      maxBuffer: 64 * 2 ** 20,
    });
    const lines = stdout.split('\n').filter((text) => text.startsWith('{'));
    return { outcome: 'measured', lines: lines.map((text) => line.parse(JSON.parse(text))) };
  } catch (error) {
    const seconds = Math.round((performance.now() - started) / 1_000);
    return { outcome: 'failed', reason: `not measured: after ${seconds} s ${messageOf(error).split('\n')[0]}` };
  }
}
