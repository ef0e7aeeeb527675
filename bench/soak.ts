import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLED_CANDLES, startPaperMarket } from '../apps/local/paper-market.ts';
import { runTrader } from '../apps/trader/run-trader.ts';
import { createCcxtExchange } from '../src/adapters/exchange/ccxt-exchange.ts';
import { createReplayControl } from '../src/adapters/exchange/replay-control.ts';
import { onnxPredictorLoader } from '../src/adapters/inference/onnx-predictor-loader.ts';
import { readCandleFile } from '../src/adapters/local/candle-file.ts';
import { createSqliteCommandQueue } from '../src/adapters/local/sqlite-command-queue.ts';
import { systemClocks } from '../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../src/adapters/local/system-random.ts';
import { AresError } from '../src/core/ares-error.ts';
import { OWN_EXCHANGE, openTradedSlot } from '../test/support/traded-slot.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { collectGarbage } from './measure/collect-garbage.ts';
import { loadNow, type MachineFacts, machineFacts } from './measure/machine-facts.ts';
import { percentilesOf } from './measure/percentiles.ts';

/** A day of minutes. */
const BARS = 1_440;
const HISTORY = 1_000;
/** Until then caches and rings are filling. */
const WARM_UP_BARS = 240;
const LOOKS = 12;
const RECV_WINDOW_MS = 5_000;
const MEGABYTE = 1_048_576;
/** What a day may add to what is alive after a collection. */
const AIM = { heapGrowthMb: 5, timers: 0, listeners: 0 };

/** What of a process can leak. */
interface Look {
  readonly bar: number;
  readonly heapMb: number;
  readonly rssMb: number;
  /** Timers, sockets and the like that keep an event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the process itself. */
  readonly listeners: number;
}

/** What `soak` prints with `--json`; `p50Us` and the like are of a bar from the step to the trader's acknowledgement. */
export interface SoakResult extends BenchResult {
  readonly aim: typeof AIM & { readonly met: boolean };
  readonly bars: number;
  readonly orders: number;
  readonly seconds: number;
  readonly heapGrowthMb: number;
  readonly looks: readonly Look[];
  readonly machine: MachineFacts;
  readonly load: { readonly before: number; readonly after: number };
}

const megabytes = (bytes: number): number => Math.round((bytes / MEGABYTE) * 100) / 100;

function look(bar: number): Look {
  const rss = collectGarbage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    bar,
    heapMb: megabytes(process.memoryUsage().heapUsed),
    rssMb: megabytes(rss),
    resources,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

async function run({ say }: BenchOptions): Promise<{ result: SoakResult; table: string }> {
  const before = loadNow();
  const folder = mkdtempSync(join(tmpdir(), 'ares-bench-'));
  const { candles } = await readCandleFile(BUNDLED_CANDLES);
  const market = await startPaperMarket({
    dataDir: folder,
    candles: BUNDLED_CANDLES,
    symbol: 'BTC/USDT',
    liveFrom: candles[HISTORY]?.openTime ?? 0,
    quoteBalance: '10000',
    lockstep: true,
  });
  const control = createReplayControl(market.url);
  const traded = await openTradedSlot(folder, OWN_EXCHANGE);
  const { monotonic, timers, wall: wallClock } = systemClocks;
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: say };
  const keys = JSON.parse(readFileSync(market.keysFile, 'utf8')) as { apiKey: string; secret: string };
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const trading = runTrader(
    {
      slot: OWN_EXCHANGE,
      stage: 'bench',
      initialSettings: undefined,
      leaseTtlMs: 10_000,
      recvWindowMs: RECV_WINDOW_MS,
      commandPollMs: 100,
      heartbeatMs: 1_000,
      acknowledge: control.acknowledge,
      haltOnSilence: false,
      onReady: ready.resolve,
      onBeat: nothing,
    },
    {
      commandQueue: createSqliteCommandQueue(traded.db, 'trader', wallClock),
      exchange: createCcxtExchange({
        url: market.url,
        keys: async () => keys,
        recvWindow: RECV_WINDOW_MS,
        timers,
        monotonic,
        random: systemRandom(),
        log,
      }),
      ledger: traded.ledger,
      log,
      modelStore: traded.modelStore,
      monotonic,
      predictorLoader: onnxPredictorLoader(),
      random: systemRandom(),
      timers,
      wallClock,
    },
    stop.signal,
  );
  try {
    await Promise.race([ready.promise, trading]);
    const looks: Look[] = [];
    const steps: number[] = [];
    const started = performance.now();
    for (let bar = 1; bar <= BARS; bar += 1) {
      const at = performance.now();
      await Promise.race([control.step(), trading]);
      steps.push(performance.now() - at);
      if (bar < WARM_UP_BARS || (bar - WARM_UP_BARS) % ((BARS - WARM_UP_BARS) / LOOKS) !== 0) continue;
      looks.push(look(bar));
      say(`bar ${bar} of ${BARS}: ${looks.at(-1)?.heapMb} MB`);
    }
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { orders } = await control.books();
    const [first, last] = [looks[0], looks.at(-1)];
    if (!first || !last || orders.length < BARS / 4) {
      throw new AresError('BENCH_INVALID', `a day must have at least ${BARS / 4} orders, had ${orders.length}`);
    }
    const heapGrowthMb = Math.round((last.heapMb - first.heapMb) * 100) / 100;
    const grown = (kind: string): number => (last.resources[kind] ?? 0) - (first.resources[kind] ?? 0);
    const met =
      heapGrowthMb <= AIM.heapGrowthMb && grown('Timeout') <= AIM.timers && last.listeners - first.listeners <= 0;
    const figures = percentilesOf(steps.slice(WARM_UP_BARS));
    const result: SoakResult = {
      bench: 'soak',
      ...figures,
      samples: steps.length - WARM_UP_BARS,
      runs: 1,
      peer: `limit: the heap after ${WARM_UP_BARS} bars, against the heap at the day's end`,
      ratio: Math.round((first.heapMb / last.heapMb) * 100) / 100,
      aim: { ...AIM, met },
      bars: BARS,
      orders: orders.length,
      seconds,
      heapGrowthMb,
      looks,
      machine: machineFacts(),
      load: { before, after: loadNow() },
    };
    return { result, table: tableOf(result) };
  } finally {
    stop.abort('the bench is over');
    await trading;
    traded.db.close();
    await market.process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf({ aim, bars, orders, seconds, heapGrowthMb, looks, p50Us, p99Us, maxUs }: SoakResult): string {
  return [
    `soak, ${bars} bars (24 hours of market time) with ${orders} orders in ${seconds} s`,
    `aims: ${aim.met ? 'met' : 'missed'}; the heap grew by ${heapGrowthMb} MB (aim ${aim.heapGrowthMb})`,
    `a bar: p50 ${p50Us} µs, p99 ${p99Us} µs, max ${maxUs} µs`,
    '   bar   heap MB    rss MB  timers  listeners  resources',
    ...looks.map(({ bar, heapMb, rssMb, resources, listeners }) => {
      const { Timeout = 0, ...others } = resources;
      return `${String(bar).padStart(6)}${heapMb.toFixed(1).padStart(10)}${rssMb.toFixed(1).padStart(10)}${String(Timeout).padStart(8)}${String(listeners).padStart(11)}  ${JSON.stringify(others)}`;
    }),
  ].join('\n');
}

/** A day of trading leaves nothing behind in the process. */
export const soak: Bench = {
  promise: `24 hours of market time at full speed: the heap grows by at most ${AIM.heapGrowthMb} MB, no timer or listener stays`,
  run,
};
