import { commandQueue } from '#port/command-queue';
import { exchange } from '#port/exchange';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { modelStore } from '#port/model-store';
import { monotonic } from '#port/monotonic';
import { predictorLoader } from '#port/predictor-loader';
import { random } from '#port/random';
import { replayControl } from '#port/replay-control';
import { timers } from '#port/timers';
import { wallClock } from '#port/wall-clock';
import { type Env, readEnv } from '../../src/compose/env.ts';
import { buildPorts } from '../../src/compose/provided.ts';
import { messageOf } from '../../src/core/ares-error.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import type { CommandQueue } from '../../src/core/ports/command-queue.ts';
import type { Exchange, Feed } from '../../src/core/ports/exchange.ts';
import { createShadowExchange } from '../../src/core/simulation/shadow-exchange.ts';
import { refuseSharedAssets } from '../../src/core/trading/refuse-shared-assets.ts';
import { checkMode } from './check-mode.ts';
import { leaveInTime } from './leave-in-time.ts';
import { runTrader, type TraderPorts } from './run-trader.ts';
import { serveHealth } from './serve-health.ts';
import { shadowBalances } from './shadow-balances.ts';
import { shareAccount } from './share-account.ts';
import { shareCommands } from './share-commands.ts';
import { shareExchange } from './share-exchange.ts';

/** The runner kills after ten seconds, and so do most hosts of containers. */
const LEAVE_WITHIN_MS = 9_000;
/** Longer than a disturbance of the network; a trader that has lost its ledger for long loses its lease and ends by itself. */
const SILENT_AT_LEAST_MS = 30_000;
const HEARTBEATS_MISSED = 3;

const stop = new AbortController();
leaveInTime(stop.signal, LEAVE_WITHIN_MS, log);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(`signal ${signal}`));
// A trader whose runner is gone has nobody to restart or watch it.
const RUNNER_GONE = 'the runner is gone';
process.on('disconnect', () => stop.abort(RUNNER_GONE));
// It may have gone while this program was still being loaded.
if (process.connected === false) stop.abort(RUNNER_GONE);

const feedsOf = (slots: readonly SlotId[]): readonly Feed[] =>
  slots.map(parseSlotId).flatMap(({ symbols, timeframe }) => symbols.map((symbol) => ({ symbol, timeframe })));

/** The live market with an account of our own making. */
async function shadow(env: Env): Promise<Exchange> {
  const live = exchange();
  const symbols = new Set(feedsOf(env.ARES_SLOT).map(({ symbol }) => symbol));
  return createShadowExchange(live, {
    rules: await Promise.all([...symbols].map((symbol) => live.rules(symbol))),
    balances: await shadowBalances(env.ARES_SLOT, env.ARES_INITIAL_SETTINGS, ledger()),
  });
}

try {
  const env = readEnv();
  checkMode(env);
  const acknowledge = env.ARES_LOCKSTEP ? replayControl().acknowledge : undefined;
  const staleMs = Math.max(SILENT_AT_LEAST_MS, HEARTBEATS_MISSED * env.ARES_HEARTBEAT_MS);
  const health =
    env.ARES_HEALTH_PORT === undefined
      ? undefined
      : await serveHealth({ port: env.ARES_HEALTH_PORT, staleMs }, { monotonic });
  const slots = env.ARES_SLOT;
  refuseSharedAssets(slots);
  const ports = buildPorts<Omit<TraderPorts, 'commandQueue' | 'exchange'>>({
    ledger,
    log,
    modelStore,
    monotonic,
    predictorLoader,
    random,
    timers,
    wallClock,
  });
  const market = env.ARES_MODE === 'shadow' ? await shadow(env) : exchange();
  const shared = shareExchange(market, feedsOf(slots), slots.length);
  const account = shareAccount(slots);
  const commands = shareCommands(commandQueue('trader'), slots.length);
  const beating = new Set<SlotId>();
  let ready = 0;
  const runs = slots.map((slot, at) =>
    runTrader(
      {
        slot,
        stage: env.ARES_STAGE,
        ...(env.ARES_MODE === undefined ? {} : { mode: env.ARES_MODE }),
        initialSettings: env.ARES_INITIAL_SETTINGS,
        leaseTtlMs: env.ARES_LEASE_TTL_MS,
        recvWindowMs: env.ARES_RECV_WINDOW_MS,
        commandPollMs: env.ARES_LOCKSTEP ? 5 : 100,
        heartbeatMs: env.ARES_HEARTBEAT_MS,
        acknowledge,
        // A replay may be paused, and ends.
        haltOnSilence: env.ARES_CONTROL_URL === undefined,
        shared: account,
        onReady: () => {
          ready += 1;
          if (ready === slots.length && process.connected) process.send?.({ ready: true });
        },
        // The process is as healthy as the slot that has said nothing for longest.
        onBeat: () => {
          if (beating.add(slot).size < slots.length) return;
          beating.clear();
          health?.beaten();
        },
      },
      { ...ports, exchange: shared, commandQueue: commands[at] as CommandQueue },
      stop.signal,
    ),
  );
  // What one slot cannot handle ends them all, the others in order: the next start recovers.
  const [failed] = await Promise.all(
    runs.map((run) =>
      run.then(
        () => undefined,
        (error: unknown) => {
          stop.abort('another slot of this process failed');
          return { error };
        },
      ),
    ),
  ).then((ended) => ended.filter((how) => how !== undefined && how.error !== stop.signal.reason));
  if (failed) throw failed.error;
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted && error === stop.signal.reason) process.exit(0);
  const message = `the trader ends and must be started again: ${messageOf(error)}`;
  try {
    log().error(message, { error });
  } catch {
    // The log reads the environment too, and that may be what is wrong.
    console.error(message);
  }
  process.exit(1);
}
