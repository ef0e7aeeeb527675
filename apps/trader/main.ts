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
import { runTrader, type TraderPorts } from './run-trader.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(`signal ${signal}`));
// A trader whose runner is gone has nobody to restart or watch it.
const RUNNER_GONE = 'the runner is gone';
process.on('disconnect', () => stop.abort(RUNNER_GONE));
// It may have gone while this program was still being loaded.
if (process.connected === false) stop.abort(RUNNER_GONE);

try {
  const env = readEnv();
  const acknowledge = env.ARES_LOCKSTEP ? replayControl().acknowledge : undefined;
  await runTrader(
    {
      slot: env.ARES_SLOT,
      leaseTtlMs: env.ARES_LEASE_TTL_MS,
      recvWindowMs: env.ARES_RECV_WINDOW_MS,
      commandPollMs: env.ARES_LOCKSTEP ? 5 : 100,
      acknowledge,
      onReady: () => {
        if (process.connected) process.send?.({ ready: true });
      },
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
  log().error(`the trader ends and must be started again: ${messageOf(error)}`, { error });
  process.exit(1);
}
