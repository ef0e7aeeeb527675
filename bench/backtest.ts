import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { onnxPredictorLoader } from '../src/adapters/inference/onnx-predictor-loader.ts';
import { type LiveConfig, liveConfigSchema } from '../src/core/config/live-config.ts';
import { everyFeature } from '../src/core/features/every-feature.ts';
import { parseCandleCsv } from '../src/core/market-data/candle-csv.ts';
import { selectColumns } from '../src/core/models/select-columns.ts';
import type { SlotId } from '../src/core/models/slot.ts';
import type { Log } from '../src/core/ports/log.ts';
import type { Predictor } from '../src/core/ports/predictor.ts';
import { type BacktestRequest, type BacktestResult, runBacktest } from '../src/core/trading/run-backtest.ts';
import { type FeatureSpeed, measureFeatures } from './backtest/feature-speed.ts';
import { unbrokenRows } from './backtest/unbroken-rows.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { loadNow, type MachineFacts, machineFacts } from './measure/machine-facts.ts';
import { fileOf } from './measure/named-folder.ts';
import { percentilesOf } from './measure/percentiles.ts';
import { ratioOf } from './peers/compare-peers.ts';
import { runPeers } from './peers/run-peers.ts';
import { readPeerModel } from './trading-path/peer-model.ts';

/** What the peers' policy comes to on these candles with this model. */
const POSITION_CHANGES = 17_526;

interface PeerSpeed {
  readonly peer: string;
  readonly version: string;
  readonly work: string;
  readonly candlesPerSecond: number;
  /** Above 1 Ares is the faster. */
  readonly ratio: number;
}

export interface BacktestBench extends BenchResult {
  readonly candles: number;
  /** Median of the runs: features, inference, engine and simulated exchange, on the peers' work. */
  readonly candlesPerSecond: number;
  readonly runsPerSecond: readonly number[];
  /** CPU time of the median run in milliseconds. */
  readonly cpuMs: number;
  readonly positionChanges: number;
  /** The same as the peers' own. */
  readonly sameAsPeers: boolean;
  /** With the anchored windows that Ares trades with, which begin anew every 240 bars and so miss some rows. */
  readonly anchored: { readonly candlesPerSecond: number; readonly positionChanges: number };
  /** One feature row and one inference a bar, as live. */
  readonly single: { readonly candlesPerSecond: number; readonly positionChanges: number };
  readonly features: readonly FeatureSpeed[];
  readonly peers: readonly PeerSpeed[];
  readonly missing: readonly string[];
  readonly machine: MachineFacts;
  readonly load: number;
}

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Long above one half, else flat, about 0.01 BTC at a time; limits that would end trading at a loss are out of the way, stops are off. */
const config: LiveConfig = liveConfigSchema.parse({
  strategy: { entryThreshold: 0.500_000_01, exitThreshold: 0.5, budgetFraction: '0.000045', quoteBudget: '10000000' },
  exits: { stopLossFraction: 0 },
  risk: { dailyLossFraction: 1, maxDrawdownFraction: 1, maxConsecutiveLosses: 0 },
});

export const backtest: Bench = {
  promise: 'candles a second through the trading engine, with model, orders and fees; features a second',
  run,
};

async function run(options: BenchOptions): Promise<{ readonly result: BacktestBench; readonly table: string }> {
  const file = fileOf('ARES_DATA', 'BTC_USDT-1m-2021.csv.gz');
  const series = parseCandleCsv(gunzipSync(readFileSync(file)).toString('utf8'));
  const predictor = await onnxPredictorLoader().load(readPeerModel().signed);
  const { candles } = series;
  const request = requestFor(predictor, candles);
  options.say(`${candles.length} candles, ${options.runs} runs after one to warm up`);
  await runBacktest({ ...request, rowsOf: unbrokenRows }, quiet);
  const timed: Timed[] = [];
  for (let at = 0; at < options.runs; at += 1) timed.push(await time({ ...request, rowsOf: unbrokenRows }));
  const middle = timed.toSorted((a, b) => a.perSecond - b.perSecond)[timed.length >> 1] as Timed;
  const anchored = await time(request);
  options.say('one row at a time');
  const single = await time({ ...request, inference: 'single' });
  const perBar = percentilesOf(await barTimes(request));
  options.say('features, 1, 10 and 100 times the rows');
  const columns = selectColumns(predictor.signature, everyFeature);
  measureFeatures(everyFeature, columns, series, 1);
  const features = [1, 10, 100].map((times) => measureFeatures(everyFeature, columns, series, times));
  await predictor.release();
  const { peers, missing } = options.peers ? await peerSpeeds(options, middle.perSecond) : { peers: [], missing: [] };
  const nearest = peers[0];
  const positionChanges = changesOf(middle.result);
  const result: BacktestBench = {
    bench: 'backtest',
    samples: candles.length * options.runs,
    runs: options.runs,
    ...perBar,
    candles: candles.length,
    candlesPerSecond: middle.perSecond,
    runsPerSecond: timed.map(({ perSecond }) => perSecond),
    cpuMs: middle.cpuMs,
    positionChanges,
    sameAsPeers: positionChanges === POSITION_CHANGES,
    anchored: { candlesPerSecond: anchored.perSecond, positionChanges: changesOf(anchored.result) },
    single: { candlesPerSecond: single.perSecond, positionChanges: changesOf(single.result) },
    features,
    peer: nearest ? `${nearest.peer} ${nearest.version}` : 'Ares with one feature row and one inference a bar',
    ratio: nearest ? nearest.ratio : ratioOf(anchored.perSecond, single.perSecond),
    peers,
    missing,
    machine: machineFacts(),
    load: loadNow(),
  };
  return { result, table: tableOf(result) };
}

const requestFor = (predictor: Predictor, candles: BacktestRequest['candles']): BacktestRequest => ({
  slot: 'paper:bench:BTC/USDT:1m' as SlotId,
  models: [{ runId: 'peer', predictor, from: 0 }],
  candles,
  from: 0,
  config,
});

interface Timed {
  readonly result: BacktestResult;
  readonly perSecond: number;
  readonly cpuMs: number;
}

async function time(request: BacktestRequest): Promise<Timed> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await runBacktest(request, quiet);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { result, perSecond: Math.round(result.bars / seconds), cpuMs: Math.round((user + system) / 1_000) };
}

/** From decision to decision: what a bar takes in the engine and on the exchange, what is computed beforehand left out. */
async function barTimes(request: BacktestRequest): Promise<readonly number[]> {
  const times: number[] = [];
  let before: number | undefined;
  await runBacktest(
    {
      ...request,
      onDecision() {
        const now = performance.now();
        if (before !== undefined) times.push(now - before);
        before = now;
      },
    },
    quiet,
  );
  return times;
}

const changesOf = ({ orders }: BacktestResult): number => orders.filter(({ state }) => state === 'filled').length;

async function peerSpeeds(
  options: BenchOptions,
  own: number,
): Promise<{ readonly peers: readonly PeerSpeed[]; readonly missing: readonly string[] }> {
  const names = { install: ['core', 'naut'], run: ['vector', 'btpy', 'nautilus'] };
  const outcome = await runPeers(names, options.runs, options.say);
  if (outcome.outcome === 'failed') return { peers: [], missing: [outcome.reason] };
  const wanted: readonly (readonly [peer: string, work: RegExp])[] = [
    ['nautilus_trader', /mode=infer$/],
    ['backtesting.py', /ORT per bar$/],
    ['numpy+ORT vectorised', /^backtest 1x/],
  ];
  const peers: PeerSpeed[] = [];
  const missing: string[] = [];
  for (const [peer, pattern] of wanted) {
    const line = outcome.lines.find((each) => each.peer === peer && pattern.test(each.work) && 'bars_per_s' in each);
    const speed = Number(line?.bars_per_s);
    if (!line || !Number.isFinite(speed)) missing.push(`${peer} gave no figure of ${pattern}`);
    else
      peers.push({ peer, version: line.version, work: line.work, candlesPerSecond: speed, ratio: ratioOf(own, speed) });
  }
  return { peers, missing };
}

function tableOf(result: BacktestBench): string {
  const { candlesPerSecond, positionChanges, anchored, single, features, peers, missing } = result;
  const rows = [
    `Ares, the peers' work   ${candlesPerSecond} candles/s (runs ${result.runsPerSecond.join(', ')}; ${result.cpuMs} ms of CPU), ${positionChanges} position changes, ${result.sameAsPeers ? 'the same' : `NOT the ${POSITION_CHANGES}`} as the peers`,
    `Ares, anchored windows  ${anchored.candlesPerSecond} candles/s, ${anchored.positionChanges} position changes`,
    `Ares, one row at a time ${single.candlesPerSecond} candles/s, ${single.positionChanges} position changes`,
    `a bar in engine and exchange: p50 ${result.p50Us} µs, p99 ${result.p99Us} µs, max ${result.maxUs} µs`,
    ...features.map(
      ({ times, rows: count, rowsPerSecond, featuresPerSecond }) =>
        `features ${times}× (${count} rows): ${rowsPerSecond} rows/s, ${featuresPerSecond} features/s`,
    ),
    ...peers.map(
      ({ peer, version, work, candlesPerSecond: speed, ratio }) =>
        `${peer} (${version}), ${work}: ${speed} candles/s, ratio ${ratio}`,
    ),
    ...missing,
  ];
  return rows.join('\n');
}
