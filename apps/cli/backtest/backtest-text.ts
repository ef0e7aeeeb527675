import type { BacktestReport } from '../../../src/core/trading/backtest-report.ts';
import { facts } from '../render/table.ts';
import { counted, figureText, momentText, percentText } from '../render/words.ts';

/** A report for people, with a warning above it where the model had seen what it traded. */
export function backtestText(
  report: BacktestReport & { readonly runId: string; readonly overlap: number },
  quote: string,
): string {
  const { predictions } = report;
  const warning =
    report.overlap === 0
      ? ''
      : `LOOK-AHEAD: the model was trained on ${counted(report.overlap, 'bar')} of these. Its figures say nothing about other bars.\n\n`;
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
  return `${warning}${facts(rows)}`;
}
