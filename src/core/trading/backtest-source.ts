import { AresError } from '../ares-error.ts';
import { everyFeature } from '../features/every-feature.ts';
import { createFeatureComputer } from '../features/feature-computer.ts';
import { computeFeatureMatrix } from '../features/feature-matrix.ts';
import { requiredHistory } from '../features/feature-set.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { selectColumns } from '../models/select-columns.ts';
import type { Predictor } from '../ports/predictor.ts';
import type { BarFeatures, EngineModel } from './engine-model.ts';

/** A model and the bars it decides. */
export interface BacktestModel {
  readonly runId: string;
  readonly predictor: Predictor;
  /** Open time of the first bar it decides; it goes on until the next model's. */
  readonly from: number;
}

/** Where a backtest's engine has its features and models from. */
export interface BacktestSource {
  readonly features: BarFeatures;
  /** One for each model of the backtest, in their order. */
  readonly models: readonly EngineModel[];
  /** Fed with history before the first bar decided. */
  readonly needsHistory: boolean;
}

/** How the rows of a batch are computed; anything but the product's own way is for comparisons. */
export type RowsOf = typeof computeFeatureMatrix;

/** As live: features bar by bar, one prediction a bar. */
export function singleRows(models: readonly BacktestModel[], timeframe: Timeframe): BacktestSource {
  return {
    features: createFeatureComputer(everyFeature, timeframe),
    models: models.map(({ runId, predictor }) => ({
      runId,
      predictor,
      columns: selectColumns(predictor.signature, everyFeature),
    })),
    needsHistory: true,
  };
}

/**
 * The same bits in a fraction of the time: features do not depend on the position, so each model's rows are computed and predicted beforehand, in batches, and handed to the engine
 * bar by bar. A row is computed from its bar and those before it, as live.
 *
 * @throws AresError `SIGNATURE_MISMATCH`, `CANDLE_ORDER`, and what predicting throws
 */
export async function batchedRows(
  models: readonly BacktestModel[],
  candles: readonly Candle[],
  timeframe: Timeframe,
  rowsOf: RowsOf = computeFeatureMatrix,
): Promise<BacktestSource> {
  const stretches: Stretch[] = [];
  for (const [at, model] of models.entries()) {
    const until = models[at + 1]?.from ?? Number.POSITIVE_INFINITY;
    stretches.push(await predictStretch(model, until, { candles, timeframe, rowsOf }));
  }
  let stretch: Stretch | undefined;
  let row = -1;
  return {
    needsHistory: false,
    features: {
      needsBook: false,
      close({ openTime }) {
        if (stretch === undefined || openTime < stretch.from || openTime >= stretch.until) {
          stretch = stretches.find(({ from, until }) => openTime >= from && openTime < until);
        }
        row = stretch?.rowAt(openTime) ?? -1;
        return row < 0 ? undefined : stretch?.copyRow(row);
      },
    },
    models: models.map(({ runId, predictor }, at) => ({
      runId,
      columns: [...predictor.signature.features.keys()],
      predictor: {
        modelHash: predictor.modelHash,
        signature: predictor.signature,
        predict: () => (stretches[at] as Stretch).probabilities[row] as number,
        predictBatch: (rows) => predictor.predictBatch(rows),
        // Whoever loaded the model frees it.
        release: async () => undefined,
      },
    })),
  };
}

interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly probabilities: Float32Array;
  /** −1 for a bar without a row. */
  rowAt(openTime: number): number;
  /** Into one array, valid until the next call. */
  copyRow(row: number): Float32Array;
}

async function predictStretch(
  { predictor, from }: BacktestModel,
  until: number,
  {
    candles,
    timeframe,
    rowsOf,
  }: { readonly candles: readonly Candle[]; readonly timeframe: Timeframe; readonly rowsOf: RowsOf },
): Promise<Stretch> {
  const columns = selectColumns(predictor.signature, everyFeature);
  const warmUpFrom = from - requiredHistory * timeframeMillis(timeframe);
  const first = candles.findIndex(({ openTime }) => openTime >= warmUpFrom);
  const end = candles.findIndex(({ openTime }) => openTime >= until);
  const used = candles.slice(Math.max(0, first), end < 0 ? candles.length : end);
  const matrix = rowsOf(everyFeature, timeframe, used, {
    columns,
    // Cut off in the middle of an unbroken series, nothing is missing; its real beginning is a beginning.
    ...(first > 0 ? { completeSince: warmUpFrom } : {}),
  });
  const { width, times, rows } = matrix;
  const probabilities = await predictor.predictBatch(rows);
  const copy = new Float32Array(width);
  let next = 0;
  return {
    from,
    until,
    probabilities,
    rowAt(openTime) {
      if (next > 0 && openTime < (times[next - 1] as number)) {
        throw new AresError('CANDLE_ORDER', `a candle must open after the last closed one, opened at ${openTime}`);
      }
      while (next < times.length && (times[next] as number) < openTime) next += 1;
      return times[next] === openTime ? next : -1;
    },
    copyRow(row) {
      for (let at = 0; at < width; at += 1) copy[at] = rows[row * width + at] as number;
      return copy;
    },
  };
}
