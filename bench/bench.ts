import type { LedgerCost } from './ledger-cost/measure-ledger-cost.ts';
import type { Percentiles } from './measure/percentiles.ts';

export interface BenchOptions {
  /** Also installs and runs the peers, in the same call. */
  readonly peers: boolean;
  /** How often everything is repeated. */
  readonly runs: number;
  /** How many all runs together aim at. */
  readonly samples: number;
  /** The share of a core that what is measured gets; all of them when absent. */
  readonly cpu?: number;
  /** What goes on, for whoever waits. */
  readonly say: (line: string) => void;
}

/** What every bench prints with `--json`; each adds what is its own. */
export interface BenchResult extends Percentiles {
  readonly bench: string;
  /** Samples of all runs together. */
  readonly samples: number;
  readonly runs: number;
  /** What the figures are compared with, measured in the same call. */
  readonly peer: string;
  /** The peer's median time through the median of the same span here: above 1 Ares is the faster. */
  readonly ratio: number;
}

/** One measured promise. */
export interface Bench {
  readonly promise: string;
  run(options: BenchOptions): Promise<{ readonly result: BenchResult | LedgerCost; readonly table: string }>;
}
