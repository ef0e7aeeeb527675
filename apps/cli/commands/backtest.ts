import type { Command } from 'commander';
import { candleFile } from '#port/candle-file';
import { log } from '#port/log';
import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import { parseSlotId } from '../../../src/core/models/slot.ts';
import { backtestReport } from '../../../src/core/trading/backtest-report.ts';
import { backtestRules } from '../../../src/core/trading/backtest-venue.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { runBacktest } from '../../../src/core/trading/run-backtest.ts';
import type { BacktestOptions } from '../backtest/backtest-options.ts';
import { BUNDLED_CANDLES } from '../backtest/bundled-candles.ts';
import { chooseModel } from '../backtest/choose-model.ts';
import { chooseWindow } from '../backtest/choose-window.ts';
import { deliverBacktest } from '../backtest/deliver-backtest.ts';
import { overrideSettings } from '../backtest/override-settings.ts';
import { runFolds } from '../backtest/run-folds.ts';
import { refuseExisting } from '../data/write-new-file.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { numberFrom, oneOf, runIdText, timeText, wholeFrom } from '../option-parsers.ts';
import { startProgress } from '../progress.ts';
import { momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';

export function defineBacktest(program: Command, deliver: Deliver): void {
  defineCommand<BacktestOptions>(program, deliver, {
    name: 'backtest',
    about:
      'Trades candles with a model, through the engine that trades live, on a simulated exchange with fees, spread, depth, queue and latency.',
    more:
      'It trades the bars after the last one the model has learned from; an earlier --from is look-ahead and refused without --allow-overlap.\n' +
      'With --walk-forward it trains a model of its own for each window of bars, on the bars before it, and trades all windows as one run.\n' +
      'Strategy, exits, risk limits and budget are those of the configuration in force, or the defaults where there is none; --set replaces single ones.',
    examples: [
      'backtest --run run-17 --html report.html',
      'backtest --data btc.csv --model model.onnx --from 2022-01-25 --out report.json --json',
      'backtest --model model.onnx --set exits.stopLossFraction=0.02 entry.type=limit --latency-ms 250',
      'backtest --walk-forward --train 10000 --test 5000 --folds 5 --html report.html',
    ],
    options: (command) =>
      command
        .option('--data <file>', 'candles, .csv or .csv.gz (default: the bundled BTC/USDT minutes of January 2022)')
        .option('--run <run>', 'a registered model', runIdText)
        .option('--model <file>', 'a model file, .onnx')
        .option(
          '--from <date>',
          'trade bars that open at this time (UTC) or later (default: after the training window)',
          timeText,
        )
        .option('--to <date>', 'leave out candles that open at this time (UTC) or later', timeText)
        .option('--allow-overlap', 'trade bars the model was trained on all the same')
        .option('--set <settings...>', 'path=value, the paths as "config show" has them')
        .option('--taker-fee <fraction>', 'of what an order that takes receives (default: 0.001)', numberFrom(0, 0.999))
        .option(
          '--maker-fee <fraction>',
          'of what an order that rested receives (default: 0.001)',
          numberFrom(0, 0.999),
        )
        .option(
          '--latency-ms <milliseconds>',
          'from sending an order to its effect (default: 0)',
          wholeFrom(0, 3_600_000),
        )
        .option(
          '--queue <model>',
          'when a resting limit fills: "none" when the other side has come to it, "volume" also by trades at its price once what stood before it has traded (default: none)',
          oneOf(['none', 'volume']),
        )
        .option('--walk-forward', 'train a model for each window of bars, in place of --run or --model')
        .option('--train <bars>', 'bars each model learns from', wholeFrom(1))
        .option('--test <bars>', 'bars each model is tested on', wholeFrom(1))
        .option('--folds <number>', 'the newest so many windows (default: all that fit)', wholeFrom(1, 10_000))
        .option('--horizon <bars>', 'how far ahead the models predict the close (default: 15)', wholeFrom(1, 10_000))
        .option('--trees <number>', 'trees of each model (default: 100)', wholeFrom(1, 5_000))
        .option('--leaves <number>', 'leaves of a tree (default: 15)', wholeFrom(2, 256))
        .option(
          '--learning-rate <share>',
          'share of its advice each tree gives (default: 0.05)',
          numberFrom(0.000_1, 1),
        )
        .option('--seed <number>', 'of what is random in the training (default: 1)', wholeFrom(0))
        .option('--out <file>', 'write the report here, JSON')
        .option('--html <file>', 'write the report here, one HTML page that needs nothing else'),
    run: (session, options) => backtest(session, options),
  });
}

async function backtest(session: Session, options: BacktestOptions): Promise<Report> {
  for (const file of [options.out, options.html]) if (file !== undefined) refuseExisting(file);
  const data = options.data ?? BUNDLED_CANDLES;
  const series = cutOff(await candleFile.read(data), options.to);
  return options.walkForward === true
    ? runFolds(session, { options, series, data })
    : oneModel(session, { options, series, data });
}

/** Without what comes later: features and windows then cannot know of it. */
const cutOff = (series: CandleSeries, to: number | undefined): CandleSeries =>
  to === undefined ? series : { ...series, candles: series.candles.filter(({ openTime }) => openTime < to) };

async function oneModel(
  session: Session,
  {
    options,
    series,
    data,
  }: { readonly options: BacktestOptions; readonly series: CandleSeries; readonly data: string },
): Promise<Report> {
  const { candles, timeframe } = series;
  const chosen = await chooseModel(session, options, timeframe);
  const { slot, runId, predictor, evaluation } = chosen;
  const config = overrideSettings(chosen.config, options.set ?? []);
  const { signature } = predictor;
  const window = chooseWindow(series, { trainedTo: signature.trainingWindow.to, evaluation }, options.from);
  if (window.overlap > 0 && options.allowOverlap !== true) {
    const reason = `${window.overlap} of the bars to trade are not later than the model's training, which ended with ${momentText(signature.trainingWindow.to)}: what it earns there says nothing. Leave --from out, or insist with --allow-overlap.`;
    return {
      value: { outcome: 'refused', reason, overlap: window.overlap, trainedTo: signature.trainingWindow.to },
      text: `Refused: ${reason}`,
      exit: EXIT.refused,
    };
  }
  const [symbol = ''] = parseSlotId(slot).symbols;
  const rules = backtestRules(symbol, options);
  const progress = await startProgress(session, 'bars');
  const models = [{ runId, predictor, from: window.from }];
  const result = await runBacktest(
    { slot, models, candles, from: window.from, config, venue: options, onProgress: progress.update },
    log(),
  ).finally(progress.stop);
  await predictor.release();
  const budget = decimal(config.strategy.quoteBudget);
  const report = backtestReport(result, { candles, timeframe, rules, budget, horizon: signature.horizon });
  return deliverBacktest(
    {
      report,
      runId,
      modelHash: predictor.modelHash,
      slot,
      data,
      config,
      rules,
      overlap: window.overlap,
      measured: window.measured,
      folds: [],
    },
    options,
  );
}
