import type { LiveConfig } from '../../../src/core/config/live-config.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { MarketRules } from '../../../src/core/ports/exchange.ts';
import { backtestAssumptions } from '../../../src/core/trading/backtest-assumptions.ts';
import type { BacktestReport } from '../../../src/core/trading/backtest-report.ts';
import type { BacktestVenue } from '../../../src/core/trading/backtest-venue.ts';
import type { FoldReport } from '../../../src/core/trading/run-walk-forward.ts';
import { writeNewFile } from '../data/write-new-file.ts';
import type { Report } from '../report.ts';
import { backtestHtml } from './backtest-html.ts';
import { backtestText } from './backtest-text.ts';
import type { BacktestValue } from './backtest-value.ts';
import { flatSettings } from './override-settings.ts';

interface FinishedBacktest {
  readonly report: BacktestReport;
  readonly runId: string;
  readonly modelHash: string | null;
  readonly slot: SlotId;
  readonly data: string;
  readonly config: LiveConfig;
  readonly rules: MarketRules;
  readonly overlap: number;
  readonly measured: number;
  readonly folds: readonly FoldReport[];
}

/** The report as text and as a value, written to the files that were named. */
export async function deliverBacktest(
  finished: FinishedBacktest,
  options: BacktestVenue & { readonly out?: string; readonly html?: string },
): Promise<Report> {
  const { report, config, rules, folds, ...facts } = finished;
  const { out, html } = options;
  const value: BacktestValue = {
    outcome: 'done',
    mode: folds.length > 0 ? 'walk-forward' : 'one-model',
    ...facts,
    lookAhead: facts.overlap > 0,
    assumptions: backtestAssumptions(rules, options),
    settings: flatSettings(config),
    folds,
    ...report,
  };
  if (out !== undefined) await writeNewFile(out, `${JSON.stringify(value, undefined, 2)}\n`);
  if (html !== undefined) await writeNewFile(html, backtestHtml(value, rules.quote));
  const written = [out, html].filter((file) => file !== undefined).map((file) => `\nWritten to ${file}.`);
  return { value, text: `${backtestText(value, rules.quote)}${written.join('')}` };
}
