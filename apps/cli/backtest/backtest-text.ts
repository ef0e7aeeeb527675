import type { BacktestReport } from '../../../src/core/trading/backtest-report.ts';
import { facts } from '../render/table.ts';
import { counted, figureText, momentText, percentText } from '../render/words.ts';

/** A report for people, with a warning above it where the model, or who chose it, had seen what it traded. */
export function backtestText(
  report: BacktestReport & { readonly runId: string; readonly overlap: number; readonly measured: number },
  quote: string,
): string {
  const { predictions } = report;
  const warnings = [
    report.overlap === 0
      ? ''
      : `LOOK-AHEAD: ${counted(report.overlap, 'bar')} of these are not later than the model's training. The figures say nothing about other bars.\n\n`,
    report.measured === 0
      ? ''
      : `Note: on ${counted(report.measured, 'bar')} of these the model's accuracy was measured, by which it may have been chosen.\n\n`,
  ];
  const rows: [string, string][] = [
    ['Model', report.runId],
    ['Bars', `${report.bars}, from ${momentText(report.from)} to ${momentText(report.to)}`],
    ['Trades', `${report.trades}, of which ${counted(report.exits, 'exit')}`],
    [
      'Return',
      `${percentText(report.totalReturn)} (${report.startEquity} → ${report.endEquity} ${quote}); the market ${percentText(report.marketReturn)}`,
    ],
    ['Sharpe ratio', `${figureText(report.sharpeRatio)} (bar returns, ${report.periodsPerYear} a year)`],
    ['Sortino ratio', figureText(report.sortinoRatio)],
    ['Max drawdown', percentText(report.maxDrawdown)],
    ['Hit rate', `${percentText(report.hitRate)} of the exits earned`],
    ['Turnover', `${figureText(report.turnover)} of the equity a bar`],
    ['Fees', `${report.fees} ${quote}`],
    [
      'Accuracy',
      `${percentText(predictions.accuracy)} of ${counted(predictions.samples, 'prediction')}, log loss ${figureText(predictions.logLoss)}`,
    ],
  ];
  return `${warnings.join('')}${facts(rows)}`;
}
