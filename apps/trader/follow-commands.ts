import { AresError } from '../../src/core/ares-error.ts';
import { createConfigWatchers } from '../../src/core/config/config-watchers.ts';
import type { LiveConfig } from '../../src/core/config/live-config.ts';
import { readConfig } from '../../src/core/config/read-config.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Monotonic, Timers } from '../../src/core/ports/clock.ts';
import type { CommandQueue } from '../../src/core/ports/command-queue.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import type { TradingEngine } from '../../src/core/trading/engine.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import type { HotSwap } from '../../src/core/trading/hot-swap.ts';
import { readTradingState } from '../../src/core/trading/trading-state.ts';

interface FollowPorts {
  readonly commandQueue: CommandQueue;
  readonly ledger: Ledger;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
  readonly engine: Pick<TradingEngine, 'accept'>;
  readonly hotSwap: HotSwap;
}

/** The ledger is read so often without a command too: one may have been lost, or another process may have taken it from a queue that both read. */
const LOOK_MS = 30_000;

interface FollowCommands {
  /** Brings the engine to what the ledger says now. */
  synchronise(): Promise<void>;
  stop(): void;
}

/**
 * Obeys commands. A command only says that something has changed: what it is now is read from the ledger, so that commands may come late, twice or
 * in any order.
 */
export function followCommands(
  options: {
    readonly slot: SlotId;
    readonly pollMs: number;
    /** Lines that share the slot's budget; one where absent. */
    readonly lines?: number;
    /** Whether the exchange held what the books say when they were last compared. */
    readonly booksMatch: () => boolean;
    readonly onConfig?: (config: LiveConfig) => void;
    readonly onFatal: (error: unknown) => void;
  },
  ports: FollowPorts,
): FollowCommands {
  const { slot } = options;
  const { engine, hotSwap, ledger } = ports;
  let deployed = -1;
  let swapping: Promise<void> = Promise.resolve();
  const watchers = createConfigWatchers();
  watchers.watch('engine', ({ config }) =>
    engine.accept({ kind: 'settings', settings: engineSettings(config, options.lines) }),
  );
  watchers.watch('trader', ({ config }) => options.onConfig?.(config));
  watchers.watch('log', ({ version }) => ports.log.info('configuration in force', { version }));

  const synchronise = async (): Promise<void> => {
    const [tradingState, deployment, config] = await Promise.all([
      readTradingState(ledger, slot).then((state) => {
        // A halt does not wait for the other reads.
        if (state.state === 'HALTED') engine.accept({ kind: 'mode', mode: 'HALTED' });
        return state;
      }),
      readDeployment(ledger, slot),
      readConfig(ledger),
    ]);
    if (!options.booksMatch() && tradingState.state !== 'HALTED') {
      throw new AresError(
        'RECOVER_AGAIN',
        `${slot} was resumed: exchange and books are compared again before it trades`,
      );
    }
    if (tradingState.state !== 'HALTED') engine.accept({ kind: 'mode', mode: tradingState.state });
    for (const { watcher, version, error } of await watchers.notify(config)) {
      ports.log.error('a part of the trader did not take the configuration', { watcher, version, error });
    }
    const { version, championRunId, championHash } = deployment;
    if (version > deployed && championRunId && championHash) {
      deployed = version;
      swapping = hotSwap.request({ runId: championRunId, modelHash: championHash, sequence: version });
    }
    // Also one that somebody else asked for a moment ago: who has synchronised trades with what the ledger says.
    await swapping;
  };

  let busy = false;
  let looked = ports.monotonic.now();
  const stopping = new AbortController();
  const poll = async (): Promise<void> => {
    const received = await ports.commandQueue.receive(10, stopping.signal);
    if (received.length === 0 && ports.monotonic.now() - looked < LOOK_MS) return;
    looked = ports.monotonic.now();
    for (const { event } of received)
      ports.log.info('command', { command: event.detailType, id: event.detail.metadata.id });
    await synchronise();
    for (const command of received) await command.done();
  };
  const stopPolling = ports.timers.every(options.pollMs, () => {
    if (busy) return;
    busy = true;
    poll()
      .catch(options.onFatal)
      .finally(() => {
        busy = false;
      });
  });
  const stop = (): void => {
    stopPolling();
    stopping.abort('the trader stops');
  };
  return { synchronise, stop };
}
