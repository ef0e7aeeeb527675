import { AresError } from '../../../src/core/ares-error.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import { closeTime } from '../../../src/core/market-data/timeframe.ts';
import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { momentText } from '../render/words.ts';

export interface TrainingChoices {
  readonly from?: EpochMillis;
  readonly until?: EpochMillis;
  readonly validateUntil?: EpochMillis;
  readonly horizon: number;
  readonly trees: number;
  readonly leaves: number;
  readonly learningRate: number;
  readonly seed: number;
}

const TRAIN_SHARE = 0.8;

/**
 * Says what is trained on which candles: by default the first four fifths teach and the rest measures.
 *
 * @throws AresError `USAGE` when the times leave nothing, or do not follow each other
 */
export function planTraining(
  { candles, timeframe }: CandleSeries,
  choices: TrainingChoices,
): { readonly candles: readonly Candle[]; readonly spec: TrainingSpec } {
  const { from, horizon, trees, leaves, learningRate, seed } = choices;
  const used = from === undefined ? candles : candles.filter(({ openTime }) => openTime >= from);
  const [first, last] = [used[0], used.at(-1)];
  const border = used[Math.floor(used.length * TRAIN_SHARE)];
  if (!first || !last || !border) {
    throw new AresError(
      'USAGE',
      `--from must leave candles to learn from, the last opens at ${momentText(candles.at(-1)?.openTime ?? 0)}`,
    );
  }
  const trainUntil = choices.until ?? border.openTime;
  const validateUntil = choices.validateUntil ?? Math.max(trainUntil, closeTime(last.openTime, timeframe));
  if (validateUntil < trainUntil) {
    throw new AresError(
      'USAGE',
      `--validate-until must not be before ${momentText(trainUntil)}, where the training ends, was ${momentText(validateUntil)}`,
    );
  }
  return { candles: used, spec: { timeframe, horizon, trainUntil, validateUntil, trees, leaves, learningRate, seed } };
}
