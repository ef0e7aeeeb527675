import { eventually } from './eventually.ts';
import { childrenOf, isRunning } from './process-table.ts';
import { type SpawnedProcess, type SpawnOptions, spawnProgram } from './spawned-process.ts';
import type { SlotOnExchange } from './traded-slot.ts';

export interface RunnerProcess {
  readonly process: SpawnedProcess;
  /** The trader it has started, once it runs. */
  trader(): Promise<number>;
  /** Every process it has started. */
  children(): number[];
}

/** `npm start`, without building the page first. */
export function startRunner(args: readonly string[], options: SpawnOptions = {}): RunnerProcess {
  const process = spawnProgram('apps/local/main.ts', { ...options, args: ['--port', '0', ...args] });
  return {
    process,
    trader: () =>
      eventually('the trader of the runner', () => childrenOf(process.pid, 'apps/trader/')[0], { everyMs: 50 }),
    children: () => childrenOf(process.pid, 'apps/'),
  };
}

/** The runner on an exchange of its own, which outlives it. */
export function startRunnerOn({ dataDir, env }: SlotOnExchange): RunnerProcess {
  const { ARES_EXCHANGE_URL: url, ARES_KEYS_FILE: keys } = env;
  const other = ['--exchange', 'binance', '--exchange-url', url, '--keys', keys];
  return startRunner(['--data-dir', dataDir, ...other], { env, keep: true });
}

/** Resolves when none of these processes runs any more. */
export async function allEnded(pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(', ')}`, () => !pids.some(isRunning), { everyMs: 100 });
}
