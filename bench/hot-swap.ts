import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { onnxPredictorLoader } from '../src/adapters/inference/onnx-predictor-loader.ts';
import { openDatabase } from '../src/adapters/local/database.ts';
import { createSqliteLedger } from '../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../src/adapters/local/system-clocks.ts';
import { AresError } from '../src/core/ares-error.ts';
import { everyFeature } from '../src/core/features/every-feature.ts';
import { timeframe } from '../src/core/market-data/timeframe.ts';
import type { ModelHash } from '../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../src/core/ports/predictor.ts';
import { createHotSwap } from '../src/core/trading/hot-swap.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { collectGarbage } from './measure/collect-garbage.ts';
import { loadNow, type MachineFacts, machineFacts } from './measure/machine-facts.ts';
import { percentilesOf } from './measure/percentiles.ts';
import { openLines } from './trading-path/open-lines.ts';
import { readPeerModels } from './trading-path/peer-model.ts';
import { readRecording } from './trading-path/recording.ts';
import { startReplayMarket } from './trading-path/replay-market.ts';
import { installSocketProbe } from './trading-path/socket-probe.ts';

const SPEED = 10;
const SWAPS = 200;
const PAUSE_MS = 40;
/** Until then code is being compiled and pools are filling. */
const WARM_UP_SWAPS = 20;
const CONTROL_MS = 4_000;
const PATIENCE_MS = 5_000;
const MEGABYTE = 1_048_576;
const AIM = { longestStallMs: 10, ticksDropped: 0, requestToDecisionMs: 50 };

/** What `hot-swap` prints with `--json`; `p50Us` and the like are of the time from the request to the first decision by the new model. */
export interface HotSwapResult extends BenchResult {
  readonly aim: typeof AIM & { readonly met: boolean };
  readonly swaps: number;
  /** Longest time the event loop did not come round while models were swapped. */
  readonly longestStallMs: number;
  /** The same, just before, without swaps: what the feed and the machine do by themselves. */
  readonly longestStallWithoutSwapsMs: number;
  readonly stallMs: { readonly p50: number; readonly p99: number };
  /** Candles and trades the exchange sent that the engine did not get; book tops may be conflated and are counted beside. */
  readonly ticksDropped: number;
  readonly bookTops: { readonly sent: number; readonly taken: number };
  readonly memoryMb: { readonly afterWarmUp: number; readonly atEnd: number; readonly growth: number };
  readonly machine: MachineFacts;
  readonly load: { readonly before: number; readonly after: number };
}

const millis = (nanos: number): number => Math.round(nanos / 1e4) / 100;

async function run({ say }: BenchOptions): Promise<{ result: HotSwapResult; table: string }> {
  const before = loadNow();
  const recording = await readRecording();
  const models = readPeerModels(2);
  const folder = mkdtempSync(join(tmpdir(), 'ares-bench-'));
  const market = await startReplayMarket(recording.path, folder);
  const db = openDatabase(folder);
  const probe = installSocketProbe();
  const { timers, monotonic } = systemClocks;
  try {
    const fail = (reason: string): void => say(`an order failed: ${reason}`);
    const opened = await openLines({
      market,
      ledger: createSqliteLedger(db),
      via: 'websocket',
      everyNth: 10,
      history: recording.history,
      probe,
      keep: () => undefined,
      fail,
    });
    const [line] = opened.lines;
    if (!line) throw new AresError('BENCH_INVALID', 'there must be a line to swap on, was none');
    const { engine, driver } = line;
    await opened.use('first', models[0] as Uint8Array);
    let decided = Promise.withResolvers<void>();
    const loader = onnxPredictorLoader();
    const watched: PredictorLoader = {
      ...loader,
      async load(bytes) {
        const predictor = await loader.load(bytes);
        const { resolve } = decided;
        return {
          ...predictor,
          predict(row) {
            const probability = predictor.predict(row);
            resolve();
            return probability;
          },
        };
      },
    };
    const silent = () => undefined;
    const hotSwap = createHotSwap(
      { featureSet: everyFeature, timeframe: timeframe('1m') },
      {
        modelStore: { get: async (hash: ModelHash) => models[Number(hash)] as Uint8Array } as never,
        predictorLoader: watched,
        engine,
        journal: { failed: ({ message }: { message: string }) => fail(message) } as never,
        log: { debug: silent, info: silent, warn: silent, error: fail },
      },
    );
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await opened.listen(() => false);
    await market.start(SPEED);
    await timers.sleep(1_000);

    say(`${CONTROL_MS} ms without swaps`);
    delay.enable();
    await timers.sleep(CONTROL_MS);
    const alone = delay.max;
    delay.disable();

    const late = async (swap: number): Promise<never> => {
      await timers.sleep(PATIENCE_MS);
      throw new AresError('BENCH_INVALID', `swap ${swap} must decide within ${PATIENCE_MS} ms, had not`);
    };
    const waits: number[] = [];
    let warmBytes = 0;
    for (let swap = 0; swap < WARM_UP_SWAPS + SWAPS; swap += 1) {
      if (swap === WARM_UP_SWAPS) {
        say(`${SWAPS} swaps`);
        warmBytes = collectGarbage();
        delay.reset();
        delay.enable();
      }
      const runId = `run-${swap}`;
      decided = Promise.withResolvers<void>();
      const asked = monotonic.now();
      const target = { runId, modelHash: String((swap + 1) % 2) as ModelHash, sequence: swap };
      await Promise.race([hotSwap.request(target), opened.failure]);
      await Promise.race([decided.promise, opened.failure, late(swap)]);
      if (swap >= WARM_UP_SWAPS) waits.push(monotonic.now() - asked);
      await timers.sleep(PAUSE_MS);
    }
    delay.disable();
    const over = await market.isOver();
    const endBytes = collectGarbage();
    await market.pause();
    await timers.sleep(500);
    await opened.idle();
    const sent = await market.sent();
    const taken = driver.counters;
    await opened.close();
    if (over) throw new AresError('BENCH_INVALID', 'the recording must last longer than the swaps, was over before');

    const ticksDropped = sent.trades + sent.candles - taken.trades - taken.candles;
    const figures = percentilesOf(waits);
    const longestStallMs = millis(delay.max);
    const met =
      longestStallMs <= AIM.longestStallMs &&
      ticksDropped === AIM.ticksDropped &&
      figures.maxUs <= AIM.requestToDecisionMs * 1_000;
    const megabytes = (bytes: number): number => Math.round((bytes / MEGABYTE) * 10) / 10;
    const result: HotSwapResult = {
      bench: 'hot-swap',
      ...figures,
      samples: waits.length,
      runs: 1,
      peer: 'limit: the longest stall of the same loop under the same feed without swaps',
      ratio: Math.round((alone / delay.max) * 100) / 100,
      aim: { ...AIM, met },
      swaps: SWAPS,
      longestStallMs,
      longestStallWithoutSwapsMs: millis(alone),
      stallMs: { p50: millis(delay.percentile(50)), p99: millis(delay.percentile(99)) },
      ticksDropped,
      bookTops: { sent: sent.bookTops, taken: taken.bookTops },
      memoryMb: {
        afterWarmUp: megabytes(warmBytes),
        atEnd: megabytes(endBytes),
        growth: megabytes(endBytes - warmBytes),
      },
      machine: machineFacts(),
      load: { before, after: loadNow() },
    };
    return { result, table: tableOf(result) };
  } finally {
    probe.remove();
    await market.stop();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(result: HotSwapResult): string {
  const { aim, machine, memoryMb, bookTops } = result;
  return [
    `hot swap, ${result.swaps} swaps under the recorded feed ${SPEED} times faster; ${machine.cores} × ${machine.cpu}, Node ${machine.node}`,
    `aims: ${aim.met ? 'met' : 'missed'}`,
    `  longest stall of the loop      ${result.longestStallMs} ms (aim ${aim.longestStallMs}); without swaps ${result.longestStallWithoutSwapsMs} ms; p99 ${result.stallMs.p99} ms`,
    `  ticks dropped                  ${result.ticksDropped} (book tops: ${bookTops.taken} of ${bookTops.sent})`,
    `  request → first decision       p50 ${result.p50Us} µs, p99 ${result.p99Us} µs, max ${result.maxUs} µs (aim ${aim.requestToDecisionMs} ms)`,
    `  memory                         ${memoryMb.afterWarmUp} MB after ${WARM_UP_SWAPS} swaps, ${memoryMb.atEnd} MB at the end`,
  ].join('\n');
}

/** Models change while the market runs, and nobody notices. */
export const hotSwap: Bench = {
  promise: `${SWAPS} swaps under a tenfold feed: stall ≤ ${AIM.longestStallMs} ms, no tick dropped, request → decision ≤ ${AIM.requestToDecisionMs} ms, flat memory`,
  run,
};
