import type { Bench, BenchResult } from './bench.ts';
import { benchModels } from './inference/bench-models.ts';
import { type ModelRun, measureOverhead, type WaysFigures } from './inference/measure-overhead.ts';
import { loadNow, type MachineFacts, machineFacts } from './measure/machine-facts.ts';
import { overRuns, type Percentiles } from './measure/percentiles.ts';

const AIM = 1.5;
/** Calls of each way for each sample asked for: they take microseconds. */
const CALLS_A_SAMPLE = 10;

interface Overhead {
  /** Ares' time through the other's: 1 is no overhead, below 1 Ares is the faster. */
  readonly p50: number;
  readonly p99: number;
}

interface ModelFigures {
  readonly model: string;
  readonly straight: WaysFigures;
  readonly afterIdle: WaysFigures;
  readonly overSessionRun: Overhead;
  readonly overBinding: Overhead;
  readonly batchRowUs: number;
}

export interface InferenceOverhead extends BenchResult {
  readonly aim: { readonly overhead: number; readonly met: boolean };
  readonly models: readonly ModelFigures[];
  readonly machine: MachineFacts;
  readonly load: { readonly before: number; readonly after: number };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const overheadOf = (ares: Percentiles, other: Percentiles): Overhead => ({
  p50: rounded(ares.p50Us / other.p50Us),
  p99: rounded(ares.p99Us / other.p99Us),
});

const waysOver = (runs: readonly WaysFigures[]): WaysFigures => ({
  ares: overRuns(runs.map(({ ares }) => ares)),
  sessionRun: overRuns(runs.map(({ sessionRun }) => sessionRun)),
  binding: overRuns(runs.map(({ binding }) => binding)),
});

function figuresOf(model: string, runs: readonly ModelRun[]): ModelFigures {
  const straight = waysOver(runs.map((run) => run.straight));
  return {
    model,
    straight,
    afterIdle: waysOver(runs.map((run) => run.afterIdle)),
    overSessionRun: overheadOf(straight.ares, straight.sessionRun),
    overBinding: overheadOf(straight.ares, straight.binding),
    batchRowUs: rounded(Math.min(...runs.map(({ batchRowUs }) => batchRowUs))),
  };
}

const cell = (value: number): string => value.toFixed(1).padStart(10);
const line = (name: string, { p50Us, p99Us, maxUs }: Percentiles): string =>
  `  ${name.padEnd(46)}${cell(p50Us)}${cell(p99Us)}${cell(maxUs)}`;

function tableOf({ models, aim, machine, load, runs, samples }: InferenceOverhead): string {
  return [
    `inference, one row, medians of ${runs} runs, ${samples} calls of each way a model; ${machine.cores} × ${machine.cpu}, Node ${machine.node}, load ${load.before} before and ${load.after} after`,
    `aim: at most ${aim.overhead} times the raw runtime in p50 and p99, the peers' model: ${aim.met ? 'met' : 'missed'}`,
    ...models.flatMap(({ model, straight, afterIdle, overSessionRun, overBinding, batchRowUs }) => [
      `\n${model.padEnd(48)}${'p50 µs'.padStart(10)}${'p99 µs'.padStart(10)}${'max µs'.padStart(10)}`,
      line('Ares: predict', straight.ares),
      line('raw: session.run', straight.sessionRun),
      line('raw: native binding (the limit)', straight.binding),
      line('Ares, after 10 ms of sleep', afterIdle.ares),
      line('session.run, after 10 ms of sleep', afterIdle.sessionRun),
      line('native binding, after 10 ms of sleep', afterIdle.binding),
      `  Ares / session.run: ${overSessionRun.p50} in p50, ${overSessionRun.p99} in p99; Ares / native binding: ${overBinding.p50}, ${overBinding.p99}; a row of many: ${batchRowUs} µs`,
    ]),
  ].join('\n');
}

export const inferenceOverhead: Bench = {
  promise: `a row through the predictor against the raw runtime; aim ≤ ${AIM} times it in p50 and p99 (ARES_PEERS)`,
  async run({ runs, samples, say }) {
    const before = loadNow();
    const calls = Math.ceil((samples * CALLS_A_SAMPLE) / runs);
    const models: ModelFigures[] = [];
    for (const model of await benchModels()) {
      const measured: ModelRun[] = [];
      for (let run = 0; run < runs; run += 1) {
        say(`${model.name}: run ${run + 1} of ${runs}`);
        measured.push(await measureOverhead(model, calls));
      }
      models.push(figuresOf(model.name, measured));
    }
    const [peer] = models as [ModelFigures];
    const worst = Math.max(...[peer.overSessionRun, peer.overBinding].flatMap(({ p50, p99 }) => [p50, p99]));
    const result: InferenceOverhead = {
      bench: 'inference-overhead',
      ...peer.straight.ares,
      samples: calls * runs,
      runs,
      peer: "onnxruntime-node's session.run, the same row and model",
      ratio: rounded(peer.straight.sessionRun.p50Us / peer.straight.ares.p50Us),
      aim: { overhead: AIM, met: worst <= AIM },
      models,
      machine: machineFacts(),
      load: { before, after: loadNow() },
    };
    return { result, table: tableOf(result) };
  },
};
