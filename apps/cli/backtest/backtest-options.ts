import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import type { BacktestVenue } from '../../../src/core/trading/backtest-venue.ts';

/** What only a walk-forward run asks for. */
interface WalkForwardChoices {
  readonly train?: number;
  readonly test?: number;
  readonly folds?: number;
  readonly horizon?: number;
  readonly trees?: number;
  readonly leaves?: number;
  readonly learningRate?: number;
  readonly seed?: number;
}

/** The command line of `ares backtest`. */
export interface BacktestOptions extends WalkForwardChoices, BacktestVenue {
  readonly data?: string;
  readonly run?: string;
  readonly model?: string;
  readonly from?: EpochMillis;
  readonly to?: EpochMillis;
  readonly allowOverlap?: boolean;
  readonly set?: readonly string[];
  readonly walkForward?: boolean;
  readonly out?: string;
  readonly html?: string;
}
