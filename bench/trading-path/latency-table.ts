import type { Percentiles } from '../measure/percentiles.ts';
import type { DecisionLatency } from './latency-result.ts';
import type { PathFigures } from './summarize-runs.ts';

const WIDTH = 46;
const number = (value: number): string => value.toFixed(1).padStart(10);
const line = (name: string, { p50Us, p99Us, maxUs }: Percentiles): string =>
  `  ${name.padEnd(WIDTH)}${number(p50Us)}${number(p99Us)}${number(maxUs)}`;
const heading = (name: string): string =>
  `\n${name.padEnd(WIDTH + 2)}${'p50 µs'.padStart(10)}${'p99 µs'.padStart(10)}${'max µs'.padStart(10)}`;

function path(name: string, figures: PathFigures): string[] {
  const { samples, spread, stages, filled, failed, positionMatchesExchange } = figures;
  return [
    heading(`${name} (${samples} orders)`),
    ...Object.entries(stages).map(([stage, percentiles]) => line(stage, percentiles)),
    line('total', figures),
    `  lowest and highest run: p50 ${spread.p50Us.join('–')}, p99 ${spread.p99Us.join('–')}`,
    `  ${filled} orders filled, others: ${JSON.stringify(failed)}; position equals the exchange's: ${positionMatchesExchange}`,
  ];
}

/** The figures for people. */
export function latencyTable(result: DecisionLatency): string {
  const {
    aim,
    cpu,
    machine,
    load,
    limits,
    engineAlone,
    orderPaths,
    tenfold,
    ownPace,
    manySymbols,
    everyTrade,
    peers,
    peersMissing,
  } = result;
  return [
    `decision latency, medians of ${result.runs} runs; ${machine.cores} × ${machine.cpu}, Node ${machine.node}, load ${load.before} before and ${load.after} after`,
    ...(cpu ? [`${cpu.share} of a core; ${cpu.how}; used up in ${cpu.throttled} of ${cpu.periods} periods`] : []),
    `aim: p50 ≤ ${aim.p50Us}, p99 ≤ ${aim.p99Us} µs: ${aim.met ? 'met' : 'missed'}; pace: ${result.pace}`,
    ...path('order over WebSocket, tenfold', tenfold),
    ...path('even pace, over WebSocket', orderPaths.websocket),
    ...path('even pace, over REST', orderPaths.rest),
    ...path('own pace', ownPace),
    ...path('20 symbols, tenfold', manySymbols.tenfold),
    ...path('20 symbols, own pace', manySymbols.ownPace),
    heading(`every trade (${everyTrade.samples})`),
    ...Object.entries(everyTrade.stages).map(([stage, percentiles]) => line(stage, percentiles)),
    heading('engine alone, closed bars, venue in the process'),
    line('bar → prediction', engineAlone.toDecision),
    line('bar → order taken', engineAlone.toSubmit),
    heading('parts, one straight after the other'),
    line('features of the open bar', limits.preview),
    line('features of a frame of 1,000 candles', limits.frame),
    line('predictor', limits.predictor),
    line('onnxruntime-node alone', limits.rawInference),
    line('features after 10 ms of sleep', limits.afterIdle.preview),
    line('predictor after 10 ms of sleep', limits.afterIdle.predictor),
    `  predictor / onnxruntime-node: ${limits.predictorToRaw}; frame / open bar: ${limits.frameToPreview}`,
    '\npeers (their p50/p99, ours, ratio of medians: above 1 Ares is the faster)',
    ...peers.map(
      (peer) =>
        `  ${peer.version}: ${peer.work}\n    ${peer.p50Us}/${peer.p99Us} µs against ${peer.aresP50Us}/${peer.aresP99Us} µs (${peer.span}): ${peer.ratio}`,
    ),
    ...peersMissing.map((reason) => `  ${reason}`),
    `\nratio ${result.ratio} to ${result.peer}`,
    '\nwhat is measured',
    ...result.inside.map((text) => `  ${text}`),
    ...result.outside.map((text) => `  not: ${text}`),
    ...result.unlikeLive.map((text) => `  unlike live trading: ${text}`),
  ].join('\n');
}
