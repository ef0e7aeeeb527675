import { facts, table } from '../render/table.ts';
import { counted, figureText, momentText, percentText } from '../render/words.ts';
import type { BacktestValue } from './backtest-value.ts';

/** A report for people, with a warning above it where the model, or who chose it, had seen what it traded. */
export function backtestText(report: BacktestValue, quote: string): string {
  const { assumptions, buyAndHold, predictions, refusals } = report;
  const warnings = [
    report.overlap === 0
      ? ''
      : `LOOK-AHEAD: ${counted(report.overlap, 'bar')} of these are not later than the model's training. The figures say nothing about other bars.\n\n`,
    report.measured === 0
      ? ''
      : `Note: on ${counted(report.measured, 'bar')} of these the model's accuracy was measured, by which it may have been chosen.\n\n`,
  ];
  const refused = Object.entries(refusals).map(([rule, count]) => `${rule} ${count}`);
  const rows: [string, string][] = [
    ['Model', report.runId],
    ['Bars', `${report.bars}, from ${momentText(report.from)} to ${momentText(report.to)}`],
    ['Trades', `${report.trades}, of which ${counted(report.exits, 'exit')}`],
    [
      'Return',
      `${percentText(report.totalReturn)} (${report.startEquity} → ${report.endEquity} ${quote}); the market ${percentText(report.marketReturn)}`,
    ],
    [
      'Buy and hold',
      `${percentText(buyAndHold.totalReturn)} after fees, max drawdown ${percentText(buyAndHold.maxDrawdown)}, Sharpe ratio ${figureText(buyAndHold.sharpeRatio)}`,
    ],
    ['Sharpe ratio', `${figureText(report.sharpeRatio)} (bar returns, ${report.periodsPerYear} a year)`],
    ['Sortino ratio', figureText(report.sortinoRatio)],
    ['Max drawdown', percentText(report.maxDrawdown)],
    ['Hit rate', `${percentText(report.hitRate)} of the round trips earned`],
    ['Exposure', `${percentText(report.exposure)} of the time`],
    ['Turnover', `${figureText(report.turnover)} of the equity a bar`],
    ['Fees', `${report.fees} ${quote}`],
    ['Slippage', `${report.slippage} ${quote}`],
    ['Refused', refused.length > 0 ? refused.join(', ') : 'nothing'],
    [
      'Accuracy',
      `${percentText(predictions.accuracy)} of ${counted(predictions.samples, 'prediction')}, log loss ${figureText(predictions.logLoss)}`,
    ],
  ];
  const taken = assumptions.sentences.map((sentence) => `  ${sentence}`).join('\n');
  return `${warnings.join('')}${facts(rows)}${foldsText(report)}\n\nAssumptions:\n${taken}`;
}

function foldsText({ folds }: BacktestValue): string {
  if (folds.length === 0) return '';
  const rows = folds.map((fold) => [
    String(fold.number),
    momentText(fold.trainFrom),
    momentText(fold.trainUntil),
    momentText(fold.testFrom),
    percentText(fold.accuracy),
    percentText(fold.totalReturn),
    percentText(fold.marketReturn),
    String(fold.orders),
  ]);
  const head = ['FOLD', 'LEARNED FROM', 'LABELS UNTIL', 'TESTED FROM', 'ACCURACY', 'RETURN', 'MARKET', 'ORDERS'];
  return `\n\n${table(head, rows)}`;
}
