import type { Candle } from '../../src/core/market-data/candle.ts';

/** One trade on its way through the trader: moments in milliseconds of `performance.now`, each the end of one stage and the begin of the next. */
export interface Sample {
  /** How many trades of its symbol came before it. */
  readonly index: number;
  /** The open bar with this trade in it. */
  readonly bar: Candle;
  /** Whether it was made to order. */
  readonly forced: boolean;
  readonly readAt: number;
  readonly receivedAt: number;
  readonly parsedAt: number;
  takenAt: number;
  featuresAt: number;
  predictedAt: number;
  submittedAt: number;
  writtenAt: number;
}

type Moment = Exclude<keyof Sample, 'index' | 'bar' | 'forced'>;

/** Stages in their order: name, begin, end. Together they are the total. */
export const STAGES: readonly (readonly [string, Moment, Moment])[] = [
  ['frame', 'readAt', 'receivedAt'],
  ['parse', 'receivedAt', 'parsedAt'],
  ['mailbox', 'parsedAt', 'takenAt'],
  ['features', 'takenAt', 'featuresAt'],
  ['inference', 'featuresAt', 'predictedAt'],
  ['signalAndRisk', 'predictedAt', 'submittedAt'],
  ['signAndSubmit', 'submittedAt', 'writtenAt'],
];

export const durations = (samples: readonly Sample[], from: Moment, to: Moment): number[] =>
  samples.map((sample) => sample[to] - sample[from]);
