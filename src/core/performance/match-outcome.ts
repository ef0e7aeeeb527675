import type { Prediction, PredictionOutcome } from './prediction.ts';

/** Closes by open time, complete from the one time to the other: a bar not in there does not exist. */
export interface KnownCloses {
  readonly from: number;
  readonly to: number;
  readonly closes: ReadonlyMap<number, number>;
}

/** Open time of the bar that decides a prediction. */
export function decidingBar(prediction: Pick<Prediction, 'openTime' | 'horizon'>, barMillis: number): number {
  return prediction.openTime + prediction.horizon * barMillis;
}

/** What became of a prediction, `undefined` while the known bars do not tell. */
export function matchOutcome(
  prediction: Prediction,
  known: KnownCloses,
  barMillis: number,
): PredictionOutcome | undefined {
  const target = decidingBar(prediction, barMillis);
  if (target < known.from || target > known.to) return undefined;
  const close = known.closes.get(target);
  if (close === undefined) return { status: 'unmatched' };
  const up = close > prediction.close;
  return { status: 'matched', close, return: close / prediction.close - 1, up, correct: prediction.p > 0.5 === up };
}
