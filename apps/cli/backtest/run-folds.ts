import { databaseInspector } from '#port/database-inspector';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { readEnv } from '../../../src/compose/env.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import { parseSlotId, slotId } from '../../../src/core/models/slot.ts';
import { backtestReport } from '../../../src/core/trading/backtest-report.ts';
import { backtestRules } from '../../../src/core/trading/backtest-venue.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { runWalkForward } from '../../../src/core/trading/run-walk-forward.ts';
import { startProgress } from '../progress.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';
import type { BacktestOptions } from './backtest-options.ts';
import { deliverBacktest } from './deliver-backtest.ts';
import { overrideSettings } from './override-settings.ts';

/** @throws AresError `USAGE`, `TIMEFRAME_MISMATCH`, `WALK_FORWARD_INVALID`, and what training and trading throw */
export async function runFolds(
  session: Session,
  {
    options,
    series,
    data,
  }: { readonly options: BacktestOptions; readonly series: CandleSeries; readonly data: string },
): Promise<Report> {
  const { train, test, folds } = options;
  if (train === undefined || test === undefined) {
    throw new AresError('USAGE', '--walk-forward must be given --train BARS and --test BARS');
  }
  if (options.run !== undefined || options.model !== undefined) {
    throw new AresError('USAGE', '--walk-forward trains its own models: --run and --model must not be given with it');
  }
  if (options.from !== undefined || options.allowOverlap === true) {
    throw new AresError(
      'USAGE',
      '--walk-forward begins where its first test window does: --from and --allow-overlap must not be given with it',
    );
  }
  const { candles, timeframe } = series;
  const slot = session.slot ?? slotId({ ...parseSlotId(readEnv().ARES_SLOT[0]), timeframe });
  const parts = parseSlotId(slot);
  if (parts.timeframe !== timeframe) {
    throw new AresError(
      'TIMEFRAME_MISMATCH',
      `candles must be of the slot's timeframe ${parts.timeframe}, were of ${timeframe}`,
      { slot, timeframe },
    );
  }
  const stored = databaseInspector.exists(session.dataDir) ? (await readConfig(ledger())).config : DEFAULT_CONFIG;
  const config = overrideSettings(stored, options.set ?? []);
  const { horizon = 15, trees = 100, leaves = 15, learningRate = 0.05, seed = 1 } = options;
  const { trainer } = await import('#port/trainer');
  const { predictorLoader } = await import('#port/predictor-loader');
  const name = 'fold';
  const training = await startProgress(session, 'models');
  const trading = await startProgress(session, 'bars');
  const { result, folds: reports } = await runWalkForward(
    {
      slot,
      candles,
      config,
      venue: options,
      train,
      test,
      name,
      training: { horizon, trees, leaves, learningRate, seed },
      ...(folds === undefined ? {} : { folds }),
      onTrained(fold, of) {
        training.update(fold, of);
        if (fold === of) training.stop();
      },
      onProgress: trading.update,
    },
    { trainer, predictorLoader, log: log() },
  ).finally(trading.stop);
  const rules = backtestRules(parts.symbols[0] ?? '', options);
  const budget = decimal(config.strategy.quoteBudget);
  const report = backtestReport(result, { candles, timeframe, rules, budget, horizon });
  return deliverBacktest(
    {
      report,
      runId: `walk-forward of ${reports.length}`,
      modelHash: null,
      slot,
      data,
      config,
      rules,
      overlap: 0,
      measured: 0,
      folds: reports,
    },
    options,
  );
}
