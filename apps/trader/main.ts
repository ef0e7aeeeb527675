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
import { readEnv } from '../../src/compose/env.ts';
import { buildPorts } from '../../src/compose/provided.ts';
import { messageOf } from '../../src/core/ares-error.ts';
import { checkMode } from './check-mode.ts';
import { leaveInTime } from './leave-in-time.ts';
import { runTrader, type TraderPorts } from './run-trader.ts';
import { serveHealth } from './serve-health.ts';

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

try {
  const env = readEnv();
  checkMode(env);
  const acknowledge = env.ARES_LOCKSTEP ? replayControl().acknowledge : undefined;
  const staleMs = Math.max(SILENT_AT_LEAST_MS, HEARTBEATS_MISSED * env.ARES_HEARTBEAT_MS);
  const health =
    env.ARES_HEALTH_PORT === undefined
      ? undefined
      : await serveHealth({ port: env.ARES_HEALTH_PORT, staleMs }, { monotonic });
  await runTrader(
    {
      slot: env.ARES_SLOT,
      stage: env.ARES_STAGE,
      initialSettings: env.ARES_INITIAL_SETTINGS,
      leaseTtlMs: env.ARES_LEASE_TTL_MS,
      recvWindowMs: env.ARES_RECV_WINDOW_MS,
      commandPollMs: env.ARES_LOCKSTEP ? 5 : 100,
      heartbeatMs: env.ARES_HEARTBEAT_MS,
      acknowledge,
      onReady: () => {
        if (process.connected) process.send?.({ ready: true });
      },
      onBeat: () => health?.beaten(),
    },
    buildPorts<TraderPorts>({
      commandQueue: () => commandQueue('trader'),
      exchange,
      ledger,
      log,
      modelStore,
      monotonic,
      predictorLoader,
      random,
      timers,
      wallClock,
    }),
    stop.signal,
  );
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
