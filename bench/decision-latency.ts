import { onnxPredictorLoader } from '../src/adapters/inference/onnx-predictor-loader.ts';
import { AresError } from '../src/core/ares-error.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { type CpuQuota, openCpuQuota } from './measure/cpu-quota.ts';
import { canKeepApart } from './measure/keep-apart.ts';
import { loadNow, machineFacts } from './measure/machine-facts.ts';
import { overRuns, percentilesOf } from './measure/percentiles.ts';
import { type ComparedSpan, comparePeers, ratioOf } from './peers/compare-peers.ts';
import { runPeers } from './peers/run-peers.ts';
import type { DecisionLatency } from './trading-path/latency-result.ts';
import { latencyTable } from './trading-path/latency-table.ts';
import { measureLimits } from './trading-path/measure-limits.ts';
import { type PeerModel, readPeerModel } from './trading-path/peer-model.ts';
import { type Recording, readRecording } from './trading-path/recording.ts';
import { readPeerCandles, runEngineAlone } from './trading-path/run-engine-alone.ts';
import { type PathRequest, type PathRun, runTradingPath } from './trading-path/run-trading-path.ts';
import { joinPasses, type PathFigures, summarizeRuns } from './trading-path/summarize-runs.ts';

const AIM = { p50Us: 200, p99Us: 800 };
const SPACING_US = 400;
const SPEED = 10;
const EVERY_NTH = 3;
const MANY = 20;
const MOST_PASSES = 3;

const INSIDE = [
  'total: bytes of a trade frame read from the market socket → bytes of the order handed to the system; its stages follow one another and add up to it',
  'frame: WebSocket decoding, and frames that came in the same read before this one',
  "parse: JSON, zod, decimals, as the exchange adapter does it; mailbox: the bench gathers the open bar, the engine takes it in its turn; features: ares-core's row of the open bar (preview)",
  'inference: columns picked, ONNX Runtime, the turn of the event loop it waits for; signalAndRisk: signal, equity, sizing, order id, risk; signAndSubmit: HMAC, request, socket write',
  'beside it, as in the trader: lease, journal on SQLite with full sync, account stream, fills matched by the paper exchange in a process of its own',
];
const OUTSIDE = [
  'the kernel and the network before and after the process, and what waits in the kernel while the process is busy',
];
const UNLIKE_LIVE = [
  `every trade (with ${MANY} symbols every ${MANY}th of each) is decided on as if the open bar closed there, where a live engine decides once a bar`,
  `every ${EVERY_NTH}rd trade that finds the engine idle is made to order, by turns buy and sell, with thresholds outside of 0 to 1`,
  'the candles before the recording are the bundled ones, moved to its time and price',
  'decisions without an order are not journalled; the first 400 trades of a run are not counted',
];

interface Material {
  readonly recording: Recording;
  readonly model: PeerModel;
}

type Passage = Pick<PathRequest, 'via' | 'symbols' | 'pace' | 'orders' | 'within'>;

/** Plays the recording, again when it ends before there are orders enough; a minute at its own pace once, whatever it gives. */
async function collect({ recording, model }: Material, request: Passage): Promise<PathRun> {
  const passes: PathRun[] = [];
  const most = request.pace.kind === 'minute' ? 1 : MOST_PASSES;
  for (let missing = request.orders; missing > 0 && passes.length < most; ) {
    const pass = await runTradingPath({
      ...request,
      orders: missing,
      recording,
      model: model.signed,
      everyNth: EVERY_NTH,
    });
    if (pass.orders.length === 0 || pass.withoutRow > 0) {
      const made = `made ${pass.orders.length} orders and had ${pass.withoutRow} trades without features`;
      const failed = JSON.stringify(pass.failed);
      throw new AresError('BENCH_INVALID', `a run must decide on every trade and order, ${made}: ${failed}`);
    }
    passes.push(pass);
    missing -= pass.orders.length;
  }
  return joinPasses(passes);
}

/** With less than a core the market comes so much slower: the work a second of processor time stays the same, and no backlog grows. */
const pacesFor = (share: number) =>
  ({
    even: { kind: 'even', spacingUs: Math.round(SPACING_US / Math.min(1, share)) },
    tenfold: { kind: 'recorded', speed: SPEED * Math.min(1, share) },
  }) as const;

async function repeat(what: string, { runs, say }: BenchOptions, material: Material, request: Passage) {
  const done: PathRun[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`${what}: run ${run} of ${runs}`);
    done.push(await collect(material, request));
  }
  return summarizeRuns(done);
}

async function measureEngine({ runs, samples, say }: BenchOptions, { recording, model }: Material) {
  const predictor = await onnxPredictorLoader().load(model.signed);
  try {
    say('parts by themselves');
    const limits = await measureLimits(recording.history, model, predictor, samples);
    const candles = (await readPeerCandles()).slice(0, 1_000 + samples * 20);
    const alone: Awaited<ReturnType<typeof runEngineAlone>>[] = [];
    for (let run = 1; run <= runs; run += 1) {
      say(`engine alone: run ${run} of ${runs}`);
      alone.push(await runEngineAlone(candles, predictor));
    }
    const engineAlone = {
      toDecision: overRuns(alone.map(({ toDecision }) => percentilesOf(toDecision))),
      toSubmit: overRuns(alone.map(({ toSubmit }) => percentilesOf(toSubmit))),
    };
    return { limits, engineAlone };
  } finally {
    await predictor.release();
  }
}

const spans = ({ toDecision, toSubmit }: DecisionLatency['engineAlone']): readonly ComparedSpan[] => [
  {
    peer: 'nautilus_trader',
    work: ['per bar: on_bar entry -> submit_order returned', 'mode=infer'],
    span: 'engine alone: closed bar → simulated venue has the order',
    ares: toSubmit,
  },
  {
    peer: 'nautilus_trader',
    work: ['per bar: on_bar entry -> decision', 'mode=infer'],
    span: 'engine alone: closed bar → prediction',
    ares: toDecision,
  },
  {
    peer: 'freqtrade',
    work: ['per new candle: populate_indicators+populate_entry_trend', 'inference=last'],
    span: 'engine alone: closed bar → prediction',
    ares: toDecision,
  },
];

async function run(options: BenchOptions): Promise<{ result: DecisionLatency; table: string }> {
  if (options.cpu === undefined) return measureUnder(options, undefined);
  const quota = openCpuQuota(options.cpu);
  try {
    return await measureUnder(options, quota);
  } finally {
    quota.close();
  }
}

async function measureUnder(
  options: BenchOptions,
  quota: CpuQuota | undefined,
): Promise<{ result: DecisionLatency; table: string }> {
  const { peers, runs, samples, say } = options;
  const within: CpuQuota['within'] = quota?.within ?? ((work) => work());
  const paces = pacesFor(options.cpu ?? 1);
  const before = loadNow();
  const material = { recording: await readRecording(), model: readPeerModel() };
  const orders = Math.ceil(samples / runs);
  const few = Math.ceil(orders / 4);
  const path = (what: string, passage: Pick<Passage, 'pace' | 'orders'> & Partial<Passage>): Promise<PathFigures> =>
    repeat(what, options, material, { via: 'websocket', symbols: 1, within, ...passage });
  const tenfold = await path('tenfold', { pace: paces.tenfold, orders });
  const evenPace = await path('even pace', { pace: paces.even, orders });
  const ownPace = await path('own pace', { pace: { kind: 'minute' }, orders: few });
  const rest = await path('REST', { via: 'rest', pace: paces.even, orders: few });
  const manySymbols = {
    tenfold: await path(`${MANY} symbols, tenfold`, { symbols: MANY, pace: paces.tenfold, orders }),
    ownPace: await path(`${MANY} symbols, own pace`, { symbols: MANY, pace: { kind: 'minute' }, orders: few }),
  };
  const { limits, engineAlone } = await within(() => measureEngine(options, material));
  const outcome = peers
    ? await runPeers({ install: ['naut', 'ft'], run: ['nautilus', 'freqtrade'] }, Math.max(runs, 3), say)
    : ({ outcome: 'failed', reason: 'not asked for: --peers' } as const);
  const { compared, missing } = comparePeers(outcome, spans(engineAlone));
  const [first] = compared;
  const bound = {
    peer: 'limit: one row through onnxruntime-node alone, against a closed bar to its prediction in the engine alone',
    ratio: ratioOf(limits.rawInference.p50Us, engineAlone.toDecision.p50Us),
  };
  const { p50Us, p99Us, maxUs } = tenfold;
  const result: DecisionLatency = {
    bench: 'decision-latency',
    p50Us,
    p99Us,
    maxUs,
    samples: tenfold.samples,
    runs,
    ...(first ? { peer: `${first.peer}: ${first.work}`, ratio: first.ratio } : bound),
    aim: { ...AIM, met: p50Us <= AIM.p50Us && p99Us <= AIM.p99Us },
    pace: `the recorded frames, ${paces.tenfold.speed} times faster; evenPace: one every ${paces.even.spacingUs} µs; ownPace: the first minute as recorded`,
    spread: tenfold.spread,
    stages: tenfold.stages,
    perRun: tenfold.perRun,
    everyTrade: tenfold.everyTrade,
    orderPaths: { websocket: evenPace, rest },
    tenfold,
    evenPace,
    ownPace,
    manySymbols,
    engineAlone,
    limits: {
      ...limits,
      predictorToRaw: ratioOf(limits.predictor.p50Us, limits.rawInference.p50Us),
      frameToPreview: ratioOf(limits.frame.p50Us, limits.preview.p50Us),
    },
    peers: compared,
    peersMissing: missing,
    inside: INSIDE,
    outside: OUTSIDE,
    unlikeLive: UNLIKE_LIVE,
    exchangeApart: canKeepApart,
    machine: machineFacts(),
    ...(quota ? { cpu: quota.result() } : {}),
    load: { before, after: loadNow() },
  };
  return { result, table: latencyTable(result) };
}

/** From a frame at the socket to the order on its way. */
export const decisionLatency: Bench = {
  promise: `a trade's bytes read from the socket → an order's bytes written, p50 ≤ ${AIM.p50Us} µs and p99 ≤ ${AIM.p99Us} µs`,
  run,
};
