import { eventually } from './eventually.ts';
import { childrenOf, isRunning } from './process-table.ts';
import { type SpawnedProcess, spawnProgram } from './spawned-process.ts';
import type { TradedSlot } from './traded-slot.ts';

export const TRADER = 'apps/trader/main.ts';
export const PAPER_EXCHANGE = 'apps/paper-exchange/main.ts';

export interface RunnerProcess {
  readonly process: SpawnedProcess;
  /** The trader it has started, once it runs. */
  trader(): Promise<number>;
  /** Resolves when every process it had started has ended. */
  childrenEnded(children: readonly number[]): Promise<void>;
}

/** `npm start` on an exchange of its own, which outlives it. */
export function startRunner(traded: TradedSlot): RunnerProcess {
  const other = [
    '--exchange',
    'binance',
    '--exchange-url',
    traded.env.ARES_EXCHANGE_URL,
    '--keys',
    traded.env.ARES_KEYS_FILE,
  ];
  const process = spawnProgram('apps/local/main.ts', {
    args: ['--data-dir', traded.dataDir, '--port', '0', ...other],
    env: traded.env,
    keep: true,
  });
  return {
    process,
    trader: () => eventually('the trader of the runner', () => childrenOf(process.pid, TRADER)[0], { everyMs: 50 }),
    childrenEnded: async (children) => {
      await eventually('the end of what the runner had started', () => !children.some(isRunning), { everyMs: 100 });
    },
  };
}
