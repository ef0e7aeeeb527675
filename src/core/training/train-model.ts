import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { aresCore } from '../features/ares-core.ts';
import { computeFeatureMatrix } from '../features/feature-matrix.ts';
import { gatherColumns } from '../features/gather-columns.ts';
import type { Candle } from '../market-data/candle.ts';
import { closeTime, timeframe } from '../market-data/timeframe.ts';
import { selectColumns } from '../models/select-columns.ts';
import type { ModelSignature } from '../models/signature.ts';
import type { EpochMillis } from '../ports/clock.ts';
import { boostTrees } from './boost-trees.ts';
import { labelRows } from './label-rows.ts';
import { seededRandom } from './seeded-random.ts';
import { shuffle } from './shuffle.ts';
import { type CompleteTrainingSpec, type TrainingSpec, trainingSpecSchema } from './training-spec.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';
import { type ValidationMetrics, validationMetrics } from './validation-metrics.ts';

export interface TrainingProgress {
  readonly trees: number;
  readonly of: number;
}

export interface TrainingCounts {
  readonly trainingRows: number;
  readonly validationRows: number;
}

export type TrainingWindow = ModelSignature['trainingWindow'];

export interface TrainedModel {
  readonly ensemble: TreeEnsemble;
  /** All of the signature but the golden samples, which only the runtime that will serve the model can predict. */
  readonly signature: Omit<ModelSignature, 'golden' | 'input' | 'output'>;
  /** On the validation rows; `undefined` when there are none. */
  readonly metrics: ValidationMetrics | undefined;
  readonly counts: TrainingCounts;
  /** Open times of the first and the last validation row; `undefined` when there are none. */
  readonly validationWindow: TrainingWindow | undefined;
  /** Rows of the training data, spread over it, for golden samples. */
  readonly sampleRows: readonly Float32Array[];
}

const SAMPLES = 8;

/**
 * Trains gradient-boosted trees to predict whether the close `horizon` bars later is above a bar's close.
 *
 * Features use closed bars up to the row's own; labels look at most to `trainUntil`, and validation rows open no earlier: nothing a training row holds is later than anything measured on.
 *
 * @param candles closed, in the order of time, as many before the first wanted row as `requiredHistory`
 * @throws AresError `TRAINING_INVALID` when the specification cannot be followed, `TRAINING_DATA` when too few rows are left to train on,
 * `SIGNATURE_MISMATCH` for a feature that does not exist, `CANDLE_ORDER`
 */
export function trainModel(
  candles: readonly Candle[],
  spec: TrainingSpec,
  onProgress: (progress: TrainingProgress) => void = () => {},
): TrainedModel {
  const complete = parseSpec(spec);
  const tf = timeframe(complete.timeframe);
  const features = complete.features ?? aresCore.features;
  const columns = selectColumns({ features: [...features] }, aresCore);
  const known = candles.filter(({ openTime }) => closeTime(openTime, tf) <= complete.validateUntil);
  const matrix = computeFeatureMatrix(aresCore, tf, known);
  const label = (from: number, until: number) => labelRows(matrix, known, tf, complete.horizon, { from, until });
  const rowsOf = (numbers: Int32Array) => {
    const rows = new Float32Array(numbers.length * columns.length);
    for (const [at, row] of numbers.entries()) {
      const start = row * matrix.width;
      const target = rows.subarray(at * columns.length, (at + 1) * columns.length);
      gatherColumns(matrix.rows.subarray(start, start + matrix.width), matrix.width, columns, target);
    }
    return rows;
  };

  const all = label(Number.NEGATIVE_INFINITY, complete.trainUntil);
  const training = { rows: all.rows.slice(-complete.maxRows), labels: all.labels.slice(-complete.maxRows) };
  const needed = 2 * complete.minLeafRows;
  if (training.rows.length < needed) {
    throw new AresError(
      'TRAINING_DATA',
      `rows to train on must be at least ${needed} (two leaves of ${complete.minLeafRows}), were ${training.rows.length}`,
      { rows: training.rows.length, candles: candles.length },
    );
  }
  const random = seededRandom(complete.seed);
  if (complete.shuffleLabels) shuffle(training.labels, random);
  const trainingRows = rowsOf(training.rows);
  const ensemble = boostTrees(trainingRows, columns.length, training.labels, complete, random, (trees) =>
    onProgress({ trees, of: complete.trees }),
  );
  const validation = label(complete.trainUntil, complete.validateUntil);
  const openTime = (row: number | undefined) => matrix.times[row ?? Number.NaN] as EpochMillis;
  const lastRow = training.rows.at(-1) as number;
  const lastBar = known[(matrix.candleIndex[lastRow] as number) + complete.horizon] as Candle;
  return {
    ensemble,
    signature: {
      format: 1,
      featureSet: { name: aresCore.name, version: aresCore.version },
      features: [...features],
      target: 'close_up',
      horizon: complete.horizon,
      timeframe: tf,
      trainingWindow: { from: openTime(training.rows[0]), to: lastBar.openTime },
    },
    metrics: validationMetrics(ensemble, rowsOf(validation.rows), validation.labels),
    counts: { trainingRows: training.rows.length, validationRows: validation.rows.length },
    validationWindow:
      validation.rows.length > 0
        ? { from: openTime(validation.rows[0]), to: openTime(validation.rows.at(-1)) }
        : undefined,
    sampleRows: spread(trainingRows, columns.length),
  };
}

function parseSpec(spec: TrainingSpec): CompleteTrainingSpec {
  const parsed = trainingSpecSchema.safeParse(spec);
  if (!parsed.success) throw new AresError('TRAINING_INVALID', z.prettifyError(parsed.error), {}, parsed.error);
  if (parsed.data.validateUntil < parsed.data.trainUntil) {
    throw new AresError(
      'TRAINING_INVALID',
      `validateUntil must not be before trainUntil (${parsed.data.trainUntil}), was ${parsed.data.validateUntil}`,
    );
  }
  return parsed.data;
}

/** {@link SAMPLES} rows, or all when there are fewer, evenly over the data. */
function spread(rows: Float32Array, width: number): Float32Array[] {
  const count = rows.length / width;
  const wanted = Math.min(SAMPLES, count);
  return Array.from({ length: wanted }, (_, i) => {
    const row = Math.floor((i * (count - 1)) / Math.max(1, wanted - 1));
    return rows.slice(row * width, (row + 1) * width);
  });
}
