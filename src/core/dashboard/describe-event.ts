import { type AresEvent, type EventData, type EventName, parseEvent } from '../events/catalogue.ts';
import type { EventEnvelope } from '../events/envelope.ts';
import { shortDecimals } from './short-decimals.ts';

type Describe = { readonly [N in EventName]: (data: EventData<N>) => string };

const percent = (fraction: number | null): string =>
  fraction === null ? 'unknown' : `${(fraction * 100).toFixed(2)} %`;

const sentences: Describe = {
  CandidateRegistered: ({ runId, accuracy }) => `${runId} was registered, accuracy ${percent(accuracy)}`,
  CandidateEvaluated: ({ runId, reason }) => `${runId} was refused: ${reason}`,
  ModelUpdated: ({ change, runId, previousRunId }) =>
    `${runId} ${change === 'promoted' ? 'was promoted' : 'was rolled back to'}${previousRunId === null ? '' : `, after ${previousRunId}`}`,
  TradeExecuted: ({ side, quantity, averagePrice, symbol, realisedPnl }) => {
    const [base, quote] = symbol.split('/');
    return side === 'buy'
      ? `bought ${quantity} ${base} at ${averagePrice} ${quote}`
      : `sold ${quantity} ${base} at ${averagePrice} ${quote}, realised ${realisedPnl} ${quote}`;
  },
  OrderRejected: ({ symbol, code, reason }) => `the exchange did not take an order in ${symbol}: ${reason} (${code})`,
  TradingHalted: ({ state, by, reason }) => `${state} by ${by}: ${reason}`,
  TradingResumed: ({ by, reason }) => `ACTIVE again by ${by}: ${reason}`,
  ConfigChanged: ({ version, changed }) => `version ${version} changed ${changed.join(', ')}`,
  PerformanceAlert: ({ runId, metric, status, value, threshold }) =>
    `${metric} of ${runId} ${status === 'breached' ? 'is below' : 'is back above'} ${threshold}: ${value ?? 'unknown'}`,
  ComponentStarted: ({ component }) => `${component} is ready`,
  ComponentStopped: ({ component, reason }) => `${component} ended: ${reason}`,
  SystemError: ({ component, code, message }) => `${component}: ${message} (${code})`,
  SystemRecovered: ({ component, code, message }) => `${component}: ${message} (${code})`,
};

/** An event in one sentence; one this program does not know is named as it came. */
export function describeEvent({ source, detailType, detail }: EventEnvelope): string {
  try {
    const event: AresEvent = parseEvent(source, detailType, detail);
    return shortDecimals((sentences[event.name] as (data: AresEvent['data']) => string)(event.data));
  } catch {
    // Written by another release: what it says is still worth a line.
    return `${detailType} from ${source}, which this release cannot read`;
  }
}
