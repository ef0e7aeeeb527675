import type { Command } from 'commander';
import { candleFile } from '#port/candle-file';
import { log } from '#port/log';
import { parseSlotId } from '../../../src/core/models/slot.ts';
import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { backtestReport } from '../../../src/core/trading/backtest-report.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { backtestText } from '../backtest/backtest-text.ts';
import { chooseModel, type ModelChoice } from '../backtest/choose-model.ts';
import { chooseWindow } from '../backtest/choose-window.ts';
import { refuseExisting, writeNewFile } from '../data/write-new-file.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { runIdText, timeText } from '../option-parsers.ts';
import { startProgress } from '../progress.ts';
import { momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';

interface BacktestOptions extends ModelChoice {
  readonly data: string;
  readonly from?: EpochMillis;
  readonly allowOverlap?: boolean;
  readonly out?: string;
}

export function defineBacktest(program: Command, deliver: Deliver): void {
  defineCommand<BacktestOptions>(program, deliver, {
    name: 'backtest',
    about:
      'Trades candles with a model, through the engine that trades live, on a simulated exchange with fees, spread and depth.',
    more:
      'It trades the bars after the last one the model has learned from; an earlier --from is look-ahead and refused without --allow-overlap.\n' +
      'Strategy, risk limits and budget are those of the configuration in force, or the defaults where there is none.',
    examples: [
      'backtest --data btc.csv --run run-17',
      'backtest --data btc.csv --model model.onnx --from 2022-01-25 --out report.json --json',
    ],
    options: (command) =>
      command
        .requiredOption('--data <file>', 'candles, .csv or .csv.gz; those before --from warm the features up')
        .option('--run <run>', 'a registered model', runIdText)
        .option('--model <file>', 'a model file, .onnx')
        .option(
          '--from <date>',
          'trade bars that open at this time (UTC) or later (default: after the training window)',
          timeText,
        )
        .option('--allow-overlap', 'trade bars the model was trained on all the same')
        .option('--out <file>', 'write the report here, JSON'),
    run: (session, options) => backtest(session, options),
  });
}

async function backtest(session: Session, options: BacktestOptions): Promise<Report> {
  const { out, allowOverlap = false } = options;
  if (out !== undefined) refuseExisting(out);
  const series = await candleFile.read(options.data);
  const { candles, timeframe } = series;
  const chosen = await chooseModel(session, options, timeframe);
  const { slot, runId, config, predictor, evaluation } = chosen;
  const { signature } = predictor;
  const window = chooseWindow(series, { trainedTo: signature.trainingWindow.to, evaluation }, options.from);
  if (window.overlap > 0 && !allowOverlap) {
    const reason = `${window.overlap} of the bars to trade are not later than the model's training, which ended with ${momentText(signature.trainingWindow.to)}: what it earns there says nothing. Leave --from out, or insist with --allow-overlap.`;
    return {
      value: { outcome: 'refused', reason, overlap: window.overlap, trainedTo: signature.trainingWindow.to },
      text: `Refused: ${reason}`,
      exit: EXIT.refused,
    };
  }
  const [symbol = ''] = parseSlotId(slot).symbols;
  const progress = await startProgress(session, 'bars');
  const result = await runBacktest(
    { slot, runId, predictor, candles, from: window.from, config, onProgress: progress.update },
    log(),
  ).finally(progress.stop);
  await predictor.release();
  const budget = decimal(config.strategy.quoteBudget);
  const rules = simulatedMarketRules(symbol);
  const report = backtestReport(result, { candles, timeframe, rules, budget, horizon: signature.horizon });
  const value = {
    outcome: 'done',
    runId,
    modelHash: predictor.modelHash,
    slot,
    data: options.data,
    lookAhead: window.overlap > 0,
    overlap: window.overlap,
    measured: window.measured,
    ...report,
  };
  if (out !== undefined) await writeNewFile(out, `${JSON.stringify(value, undefined, 2)}\n`);
  const written = out === undefined ? '' : `\nWritten to ${out}.`;
  return { value, text: `${backtestText(value, rules.quote)}${written}` };
}
