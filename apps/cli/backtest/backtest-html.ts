import type { BacktestReport } from '../../../src/core/trading/backtest-report.ts';
import type { RoundTrip } from '../../../src/core/trading/backtest-trips.ts';
import { counted, figureText, momentText, percentText, spanText } from '../render/words.ts';
import type { BacktestValue } from './backtest-value.ts';
import { escapeHtml } from './escape-html.ts';
import { lineChart } from './line-chart.ts';
import { PAGE_STYLE } from './page-style.ts';

/** So many round trips are listed; all of them stand in the JSON. */
const LISTED_TRIPS = 500;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function backtestHtml(value: BacktestValue, quote: string): string {
  const title = `Backtest of ${value.runId}`;
  const sections = [
    heading(value),
    warnings(value),
    figures(value, quote),
    charts(value, quote),
    months(value),
    folds(value),
    costs(value, quote),
    trips(value, quote),
    list('Assumptions', value.assumptions.sentences),
    list('What this cannot know', value.assumptions.blindSpots),
    settings(value),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head>`,
    `<body><main>${sections.join('\n')}</main></body>`,
    '</html>',
    '',
  ].join('\n');
}

const section = (title: string, content: string): string =>
  `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;

function heading({ runId, modelHash, slot, data, bars, from, to, mode }: BacktestValue): string {
  const about = [
    mode === 'walk-forward' ? 'Walk-forward' : 'One model',
    slot,
    data,
    `${counted(bars, 'bar')}, ${momentText(from)} to ${momentText(to)}`,
    modelHash === null ? '' : `model ${modelHash.slice(0, 12)}`,
  ];
  return `<header><h1>Backtest of ${escapeHtml(runId)}</h1><p>${about.filter(Boolean).map(escapeHtml).join(' · ')}</p></header>`;
}

function warnings({ overlap, measured }: BacktestValue): string {
  const lines = [
    overlap > 0
      ? `Look-ahead: ${counted(overlap, 'bar')} of these are not later than the model's training. The figures say nothing about other bars.`
      : '',
    measured > 0
      ? `On ${counted(measured, 'bar')} of these the model's accuracy was measured, by which it may have been chosen.`
      : '',
  ];
  return lines
    .filter(Boolean)
    .map((line) => `<p class="warning">${escapeHtml(line)}</p>`)
    .join('');
}

function figures(value: BacktestValue, quote: string): string {
  const { buyAndHold } = value;
  const rows: readonly (readonly [string, string, string])[] = [
    ['Total return', percentText(value.totalReturn), percentText(buyAndHold.totalReturn)],
    ['Max drawdown', percentText(value.maxDrawdown), percentText(buyAndHold.maxDrawdown)],
    ['Sharpe ratio', figureText(value.sharpeRatio), figureText(buyAndHold.sharpeRatio)],
    ['Sortino ratio', figureText(value.sortinoRatio), figureText(buyAndHold.sortinoRatio)],
    ['Equity at the end', `${value.endEquity} ${quote}`, ''],
    ['Equity at the start', `${value.startEquity} ${quote}`, ''],
    ['Round trips', String(value.trips.filter(({ to }) => to !== null).length), '1'],
    ['Hit rate', percentText(value.hitRate), ''],
    ['Orders filled', `${value.trades}, ${counted(value.exits, 'exit')}`, ''],
    ['Exposure', percentText(value.exposure), '100.00 %'],
    ['Turnover a bar', figureText(value.turnover), ''],
    ['Accuracy', `${percentText(value.predictions.accuracy)} of ${value.predictions.samples}`, ''],
    ['Log loss', figureText(value.predictions.logLoss), ''],
  ];
  const body = rows.map(
    ([name, own, market]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(own)}</td><td>${escapeHtml(market)}</td></tr>`,
  );
  return section(
    'Figures',
    `<table><thead><tr><th></th><th>This backtest</th><th>Buy and hold</th></tr></thead><tbody>${body.join('')}</tbody></table><p class="note">Ratios are of bar returns, annualised with ${value.periodsPerYear} periods. Buy and hold pays a fee at each end.</p>`,
  );
}

function charts({ curve, folds }: BacktestValue, quote: string): string {
  const times = curve.map(({ at }) => at);
  const marks = folds.slice(1).map(({ testFrom }) => testFrom);
  const equity = lineChart({
    title: 'Equity and market over time',
    times,
    marks,
    height: 320,
    label: (amount) => amount.toLocaleString('en-US', { maximumFractionDigits: 2 }),
    series: [
      { name: 'Market', style: 'market', values: curve.map(({ market }) => market) },
      { name: 'Equity', style: 'own', values: curve.map((point) => point.equity) },
    ],
  });
  const drawdown = lineChart({
    title: 'Drawdown over time',
    times,
    marks,
    height: 180,
    label: (fraction) => `${(fraction * 100).toFixed(Math.abs(fraction) < 0.01 ? 2 : 1)} %`,
    series: [{ name: 'Drawdown', style: 'loss', values: curve.map((point) => point.drawdown), filled: true }],
  });
  const legend = `<p class="legend"><span class="own">Equity</span><span class="market">Market, same money, without costs</span>${marks.length > 0 ? '<span class="border">Next fold</span>' : ''}</p>`;
  return section(`Equity in ${quote}`, `${legend}${equity}`) + section('Drawdown', drawdown);
}

const signed = (fraction: number): string =>
  `<td class="${fraction < 0 ? 'down' : 'up'}">${(fraction * 100).toFixed(2)}</td>`;

function months({ months: all }: Pick<BacktestReport, 'months'>): string {
  const years = [...new Set(all.map(({ month }) => month.slice(0, 4)))];
  const rows = years.flatMap((year) => {
    const own = all.filter(({ month }) => month.startsWith(year));
    const row = (name: string, of: (month: (typeof all)[number]) => number) => {
      const cells = MONTHS.map((_, at) => {
        const found = own.find(({ month }) => Number(month.slice(5)) === at + 1);
        return found ? signed(of(found)) : '<td></td>';
      });
      const whole = own.reduce((product, month) => product * (1 + of(month)), 1) - 1;
      return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}${signed(whole)}</tr>`;
    };
    return [row(year, (month) => month.totalReturn), row(`${year} market`, (month) => month.marketReturn)];
  });
  const head = ['', ...MONTHS, 'Year'].map((name) => `<th>${name}</th>`).join('');
  return section(
    'Months',
    `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="note">Percent, by the UTC month in which a bar opened.</p>`,
  );
}

function folds({ folds: all }: BacktestValue): string {
  if (all.length === 0) return '';
  const head = [
    'Fold',
    'Learned from',
    'Labels until',
    'Tested from',
    'Tested to',
    'Rows',
    'Accuracy',
    'Return %',
    'Market %',
    'Drawdown %',
    'Orders',
  ];
  const rows = all.map((fold) => {
    const cells = [
      fold.number,
      minuteText(fold.trainFrom),
      minuteText(fold.trainUntil),
      minuteText(fold.testFrom),
      minuteText(fold.testTo),
      fold.trainingRows,
      percentText(fold.accuracy),
    ].map((cell) => `<td>${escapeHtml(String(cell))}</td>`);
    return `<tr>${cells.join('')}${signed(fold.totalReturn)}${signed(fold.marketReturn)}${signed(fold.maxDrawdown)}<td>${fold.orders}</td></tr>`;
  });
  return section(
    'Folds',
    `<div class="wide"><table><thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  );
}

function costs({ fees, slippage, refusals, startEquity }: BacktestValue, quote: string): string {
  const share = (amount: string) => percentText(Number(amount) / Number(startEquity));
  const refused = Object.entries(refusals).map(([rule, count]) => `${rule} ${count}`);
  const rows = [
    ['Fees', `${fees} ${quote}`, `${share(fees)} of the start`],
    [
      'Slippage',
      `${slippage} ${quote}`,
      `${share(slippage)} of the start, against the close decided at or the stop's trigger`,
    ],
    ['Refused by risk', refused.length > 0 ? refused.join(', ') : 'nothing', ''],
  ].map(
    ([name = '', amount = '', note = '']) =>
      `<tr><th scope="row">${name}</th><td>${escapeHtml(amount)}</td><td class="text">${escapeHtml(note)}</td></tr>`,
  );
  return section('Costs', `<table><tbody>${rows.join('')}</tbody></table>`);
}

function trips({ trips: all }: Pick<BacktestReport, 'trips'>, quote: string): string {
  if (all.length === 0) return section('Trades', '<p>Nothing was traded.</p>');
  const head = [
    'Entered',
    'Left',
    'Held',
    'Quantity',
    'Entry',
    'Exit',
    `Fees ${quote}`,
    `PnL ${quote}`,
    'PnL %',
    'Left by',
  ];
  const rows = all.slice(-LISTED_TRIPS).map((trip) => tripRow(trip));
  const note =
    all.length > LISTED_TRIPS ? `<p class="note">The last ${LISTED_TRIPS} of ${all.length}; the JSON has all.</p>` : '';
  return section(
    'Trades',
    `${note}<div class="wide tall"><table><thead><tr>${head.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  );
}

function tripRow({ from, to, quantity, entryPrice, exitPrice, fees, pnl, pnlFraction, closedBy }: RoundTrip): string {
  const cells = [
    minuteText(from),
    to === null ? 'open' : minuteText(to),
    to === null ? '' : spanText(to - from),
    quantity,
    money(entryPrice),
    exitPrice === null ? '' : money(exitPrice),
    money(fees),
  ].map((cell) => `<td>${escapeHtml(cell)}</td>`);
  const result = pnlFraction === null ? '<td></td>' : signed(pnlFraction);
  const tone = Number(pnl) < 0 ? 'down' : 'up';
  return `<tr>${cells.join('')}<td class="${tone}">${money(pnl)}</td>${result}<td class="text">${(closedBy ?? '').replace('_', ' ')}</td></tr>`;
}

/** Bars begin and end with whole minutes; tables are in UTC. */
const minuteText = (millis: number): string => momentText(millis).slice(0, 16).replace('T', ' ');

const money = (text: string): string => Number(text).toFixed(2);

function list(title: string, items: readonly string[]): string {
  return section(title, `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`);
}

function settings({ settings: all }: BacktestValue): string {
  const rows = Object.entries(all).map(
    ([path, setting]) =>
      `<tr><th scope="row">${escapeHtml(path)}</th><td class="text">${escapeHtml(String(setting))}</td></tr>`,
  );
  return section('Settings', `<div class="wide tall"><table><tbody>${rows.join('')}</tbody></table></div>`);
}
