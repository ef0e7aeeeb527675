import type { LiveConfig } from '../config/live-config.ts';
import { requiredHistory } from '../features/feature-set.ts';
import type { Candle } from '../market-data/candle.ts';
import { timeframe, timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { accuracy } from '../performance/metrics/accuracy.ts';
import { maxDrawdown } from '../performance/metrics/max-drawdown.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Predictor, PredictorLoader } from '../ports/predictor.ts';
import type { Trainer } from '../ports/trainer.ts';
import type { TrainingSpec } from '../training/training-spec.ts';
import type { BacktestVenue } from './backtest-venue.ts';
import { type Fold, planWalkForward } from './plan-walk-forward.ts';
import { type BacktestModel, type BacktestResult, runBacktest } from './run-backtest.ts';

export interface WalkForwardBacktest {
  readonly slot: SlotId;
  readonly candles: readonly Candle[];
  readonly config: LiveConfig;
  readonly venue?: BacktestVenue;
  /** Bars each model learns from, bars it is tested on, and how many folds; see {@link planWalkForward}. */
  readonly train: number;
  readonly test: number;
  readonly folds?: number;
  /** What all folds are trained with; which bars they learn from is the plan's. */
  readonly training: Omit<TrainingSpec, 'timeframe' | 'trainUntil' | 'validateUntil' | 'maxRows'>;
  /** Name of the models, to which each fold's number is added. */
  readonly name: string;
  readonly onTrained?: (fold: number, of: number) => void;
  readonly onProgress?: (done: number, of: number) => void;
}

/** What one fold's model came to on the bars it had not seen. Fractions; `null` where they cannot be computed. */
export interface FoldReport extends Pick<Fold, 'number' | 'trainFrom' | 'trainUntil' | 'testFrom' | 'testTo'> {
  readonly runId: string;
  readonly modelHash: string;
  readonly trainingRows: number;
  readonly bars: number;
  readonly samples: number;
  readonly accuracy: number | null;
  readonly totalReturn: number;
  readonly marketReturn: number;
  readonly maxDrawdown: number;
  /** Orders decided in this fold that filled. */
  readonly orders: number;
}

export interface WalkForwardResult {
  /** One account over all folds: the position is carried from model to model, as it would be live. */
  readonly result: BacktestResult;
  readonly folds: readonly FoldReport[];
}

/**
 * Trains a model a fold on bars strictly before its test window, then trades all test windows in one run, the engine swapping models where a fold begins.
 *
 * @throws AresError `WALK_FORWARD_INVALID`, and what training, loading and trading throw
 */
export async function runWalkForward(
  request: WalkForwardBacktest,
  ports: { readonly trainer: Trainer; readonly predictorLoader: PredictorLoader; readonly log: Log },
): Promise<WalkForwardResult> {
  const { slot, candles, config, venue, train, test, training, name } = request;
  const tf = timeframe(parseSlotId(slot).timeframe);
  const plan = planWalkForward({
    candles,
    timeframe: tf,
    train,
    test,
    horizon: training.horizon,
    warmUp: requiredHistory,
    ...(request.folds === undefined ? {} : { folds: request.folds }),
  });
  const models: (BacktestModel & { readonly rows: number })[] = [];
  try {
    for (const fold of plan) {
      const { trainUntil, history } = fold;
      const trained = await ports.trainer.trainCandidate(candles.slice(history.from, history.until), {
        ...training,
        timeframe: tf,
        trainUntil,
        validateUntil: trainUntil,
        maxRows: train,
      });
      const predictor = await ports.predictorLoader.load(trained.bytes);
      const runId = `${name}-${String(fold.number).padStart(3, '0')}`;
      models.push({ runId, predictor, from: fold.testFrom, rows: trained.counts.trainingRows });
      request.onTrained?.(fold.number, plan.length);
    }
    const result = await runBacktest(
      {
        slot,
        config,
        models,
        candles,
        from: (plan[0] as Fold).testFrom,
        ...(venue ? { venue } : {}),
        ...(request.onProgress ? { onProgress: request.onProgress } : {}),
      },
      ports.log,
    );
    const budget = Number(config.strategy.quoteBudget);
    const reports = plan.map((fold, at) => {
      const model = models[at] as (typeof models)[number];
      return foldReport(fold, model, {
        result,
        candles,
        budget,
        horizon: training.horizon,
        barMillis: timeframeMillis(tf),
      });
    });
    return { result, folds: reports };
  } finally {
    await Promise.all(models.map(({ predictor }) => predictor.release()));
  }
}

function foldReport(
  fold: Fold,
  model: { readonly runId: string; readonly predictor: Predictor; readonly rows: number },
  run: {
    readonly result: BacktestResult;
    readonly candles: readonly Candle[];
    readonly budget: number;
    readonly horizon: number;
    readonly barMillis: number;
  },
): FoldReport {
  const { result, candles, budget, horizon, barMillis } = run;
  const { number, trainFrom, trainUntil, testFrom, testTo, tested } = fold;
  const traded = candles.length - result.bars;
  const [first, until] = [tested.from - traded, tested.until - traded];
  const equity = [result.equity[first - 1] ?? budget, ...result.equity.slice(first, until)];
  const returns = equity.slice(1).map((value, bar) => {
    const before = equity[bar] as number;
    return before > 0 ? value / before - 1 : 0;
  });
  const decisions = result.decisions.slice(first, until);
  const scored = decisions.flatMap(({ probability, close }, bar) => {
    const later = candles[tested.from + bar + horizon];
    if (probability === null || !later) return [];
    // Where candles are missing, the one so many places later is not so many bars later.
    if (later.openTime - (candles[tested.from + bar] as Candle).openTime !== horizon * barMillis) return [];
    return [{ probability, rose: later.close > close }];
  });
  const before = candles[tested.from - 1] as Candle;
  const last = candles[tested.until - 1] as Candle;
  const isOfFold = (barClose: EpochMillis) =>
    barClose > testFrom && barClose <= (decisions.at(-1)?.barClose ?? Number.NEGATIVE_INFINITY);
  return {
    number,
    trainFrom,
    trainUntil,
    testFrom,
    testTo,
    runId: model.runId,
    modelHash: model.predictor.modelHash,
    trainingRows: model.rows,
    bars: until - first,
    samples: scored.length,
    accuracy: accuracy(
      scored.map(({ probability }) => probability),
      scored.map(({ rose }) => rose),
    ),
    totalReturn: (equity[0] as number) > 0 ? (equity.at(-1) as number) / (equity[0] as number) - 1 : 0,
    marketReturn: last.close / before.close - 1,
    maxDrawdown: maxDrawdown(returns) ?? 0,
    orders: result.orders.filter(({ barClose, fills }) => fills.size > 0 && isOfFold(barClose)).length,
  };
}
