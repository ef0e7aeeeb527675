import type { BacktestAssumptions } from '../../../src/core/trading/backtest-assumptions.ts';
import type { BacktestReport } from '../../../src/core/trading/backtest-report.ts';
import type { FoldReport } from '../../../src/core/trading/run-walk-forward.ts';

/** What `ares backtest` prints with `--json` and writes with `--out`. */
export interface BacktestValue extends BacktestReport {
  readonly outcome: 'done';
  readonly mode: 'one-model' | 'walk-forward';
  /** The run, the name of the model file, or what the models of all folds share. */
  readonly runId: string;
  /** `null` where each fold had a model of its own. */
  readonly modelHash: string | null;
  readonly slot: string;
  /** The candle file. */
  readonly data: string;
  readonly lookAhead: boolean;
  /** How many of the bars traded are not later than the model's training. */
  readonly overlap: number;
  /** On how many of them the model's figures were measured. */
  readonly measured: number;
  readonly assumptions: BacktestAssumptions;
  /** The configuration it ran with: path and value. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly folds: readonly FoldReport[];
}
