import { join } from 'node:path';
import { messageOf } from '../../src/core/ares-error.ts';
import type { Timers } from '../../src/core/ports/clock.ts';
import { type LocalProcess, startProcess } from './child-process.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A trader that lived so long had started well: the next pause is short again. */
const HEALTHY_AFTER_MS = 60_000;

export interface SupervisedTrader {
  /** Resolves when the trader has ended in order. */
  stop(): Promise<void>;
}

/**
 * Starts the trader and starts it again whenever it ends by itself, with growing pauses: its start-up path is its recovery.
 *
 * @param signal ends also a trader that is still starting, which may have to wait for the lease of the one before
 */
export async function superviseTrader(
  options: { readonly dataDir: string; readonly say: (line: string) => void },
  ports: { readonly timers: Timers },
  signal: AbortSignal,
): Promise<SupervisedTrader> {
  const stopping = new AbortController();
  const start = (): Promise<LocalProcess> =>
    startProcess(
      {
        name: 'trader',
        entry: new URL('../trader/main.ts', import.meta.url),
        env: { ARES_LOG_LEVEL: process.env.ARES_TRADER_LOG_LEVEL ?? 'info' },
        logFile: join(options.dataDir, 'logs', 'trader.log'),
      },
      AbortSignal.any([stopping.signal, signal]),
    );
  let trader: LocalProcess | undefined = await start();

  const watch = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS / 2;
    let started = performance.now();
    while (!stopping.signal.aborted) {
      if (trader) {
        const how = await trader.ended;
        if (stopping.signal.aborted) return;
        options.say(`The trader ended (${how}): ${trader.lastWords()}`);
      }
      pause = performance.now() - started > HEALTHY_AFTER_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      options.say(`The trader is started again in ${pause / 1000} s.`);
      await ports.timers.sleep(pause, stopping.signal).catch(() => 'stopping');
      if (stopping.signal.aborted) return;
      trader = await start().catch((error: unknown) => {
        if (!stopping.signal.aborted) options.say(messageOf(error));
        return undefined;
      });
      started = performance.now();
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await trader?.stop();
      await watching;
      // One that came up between the two is not left behind.
      await trader?.stop();
    },
  };
}
