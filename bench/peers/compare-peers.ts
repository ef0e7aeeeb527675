import type { Percentiles } from '../measure/percentiles.ts';
import type { PeerLine, PeersOutcome } from './run-peers.ts';

export interface PeerComparison {
  readonly peer: string;
  readonly version: string;
  /** The peer's work in its own script's words. */
  readonly work: string;
  /** The same span here. */
  readonly span: string;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly aresP50Us: number;
  readonly aresP99Us: number;
  /** Of medians: above 1 Ares is the faster. */
  readonly ratio: number;
}

export interface ComparedSpan {
  readonly peer: string;
  /** What the peer's line begins with, and ends with. */
  readonly work: readonly [string, string];
  readonly span: string;
  readonly ares: Percentiles;
}

export const ratioOf = (peer: number, ares: number): number => Math.round((peer / ares) * 100) / 100;

function comparison({ peer, span, ares }: ComparedSpan, line: PeerLine): PeerComparison {
  const { p50_us: p50Us = Number.NaN, p99_us: p99Us = Number.NaN, version, work } = line;
  const ratio = ratioOf(p50Us, ares.p50Us);
  return { peer, version, work, span, p50Us, p99Us, aresP50Us: ares.p50Us, aresP99Us: ares.p99Us, ratio };
}

/** Puts each span beside the peer's line of the same work; what a peer did not give is named in `missing`. */
export function comparePeers(
  outcome: PeersOutcome,
  spans: readonly ComparedSpan[],
): { readonly compared: readonly PeerComparison[]; readonly missing: readonly string[] } {
  if (outcome.outcome === 'failed') return { compared: [], missing: [outcome.reason] };
  const compared: PeerComparison[] = [];
  const missing: string[] = [];
  for (const span of spans) {
    const [begin, end] = span.work;
    const line = outcome.lines.find(
      ({ peer, work, p50_us }) =>
        peer === span.peer && work.startsWith(begin) && work.endsWith(end) && p50_us !== undefined,
    );
    if (line) compared.push(comparison(span, line));
    else missing.push(`${span.peer} gave no figure of "${begin} … ${end}"`);
  }
  return { compared, missing };
}
