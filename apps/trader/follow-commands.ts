import { AresError } from '../../src/core/ares-error.ts';
import { createConfigWatchers } from '../../src/core/config/config-watchers.ts';
import { readConfig } from '../../src/core/config/read-config.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Timers } from '../../src/core/ports/clock.ts';
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
  readonly timers: Timers;
  readonly log: Log;
  readonly engine: Pick<TradingEngine, 'accept'>;
  readonly hotSwap: HotSwap;
}

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
    /** Whether the start found the exchange to hold what the books say. */
    readonly booksMatch: boolean;
    readonly onFatal: (error: unknown) => void;
  },
  ports: FollowPorts,
): FollowCommands {
  const { slot } = options;
  const { engine, hotSwap, ledger } = ports;
  let deployed = -1;
  const watchers = createConfigWatchers();
  watchers.watch('engine', ({ config }) => engine.accept({ kind: 'settings', settings: engineSettings(config) }));
  watchers.watch('log', ({ version }) => ports.log.info('configuration in force', { version }));

  const synchronise = async (): Promise<void> => {
    const [deployment, config, tradingState] = await Promise.all([
      readDeployment(ledger, slot),
      readConfig(ledger),
      readTradingState(ledger, slot),
    ]);
    if (!options.booksMatch && tradingState.state !== 'HALTED') {
      throw new AresError(
        'RECOVER_AGAIN',
        `${slot} was resumed: exchange and books are compared again before it trades`,
      );
    }
    engine.accept({ kind: 'mode', mode: tradingState.state });
    for (const { watcher, version, error } of await watchers.notify(config)) {
      ports.log.error('a part of the trader did not take the configuration', { watcher, version, error });
    }
    if (deployment.version <= deployed || !deployment.championRunId || !deployment.championHash) return;
    deployed = deployment.version;
    await hotSwap.request({
      runId: deployment.championRunId,
      modelHash: deployment.championHash,
      sequence: deployment.version,
    });
  };

  let busy = false;
  const stopping = new AbortController();
  const poll = async (): Promise<void> => {
    const received = await ports.commandQueue.receive(10, stopping.signal);
    if (received.length === 0) return;
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
