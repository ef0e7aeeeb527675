import type { BenchResult } from '../bench.ts';
import type { CpuShare } from '../measure/cpu-quota.ts';
import type { MachineFacts } from '../measure/machine-facts.ts';
import type { Percentiles, Spread } from '../measure/percentiles.ts';
import type { PeerComparison } from '../peers/compare-peers.ts';
import type { Limits } from './measure-limits.ts';
import type { PathFigures } from './summarize-runs.ts';

/** What `decision-latency` prints with `--json`. The figures at the top are those of orders over WebSocket, one symbol, the whole recording ten times faster. */
export interface DecisionLatency extends BenchResult {
  readonly aim: { readonly p50Us: number; readonly p99Us: number; readonly met: boolean };
  readonly pace: string;
  readonly stages: PathFigures['stages'];
  readonly spread: Spread;
  readonly perRun: PathFigures['perRun'];
  readonly everyTrade: PathFigures['everyTrade'];
  /** Both at the even pace. */
  readonly orderPaths: { readonly websocket: PathFigures; readonly rest: PathFigures };
  /** The whole recording, ten times faster. */
  readonly tenfold: PathFigures;
  /** One frame every so many microseconds. */
  readonly evenPace: PathFigures;
  /** The first recorded minute as it was: from rest, as a bar's close finds a trader. */
  readonly ownPace: PathFigures;
  /** Twenty markets on one socket, each playing the recording. */
  readonly manySymbols: { readonly tenfold: PathFigures; readonly ownPace: PathFigures };
  /** Closed bars straight after one another, the venue inside the process. */
  readonly engineAlone: { readonly toDecision: Percentiles; readonly toSubmit: Percentiles };
  readonly limits: Limits & { readonly predictorToRaw: number; readonly frameToPreview: number };
  readonly peers: readonly PeerComparison[];
  readonly peersMissing: readonly string[];
  readonly inside: readonly string[];
  readonly outside: readonly string[];
  readonly unlikeLive: readonly string[];
  /** Whether the exchange's process was kept off the core of the trader's event loop. */
  readonly exchangeApart: boolean;
  readonly machine: MachineFacts;
  /** The share of a core that the trader's process had; absent: all there are. */
  readonly cpu?: CpuShare;
  readonly load: { readonly before: number; readonly after: number };
}
