import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Candle, Timeframe } from './candle.ts';
import { candleFault } from './candle-fault.ts';
import { timeframeMillis } from './timeframe.ts';

/** Bars remembered to tell a repeated one from a revised one. */
const REMEMBERED_BARS = 480;
const DAY_MILLIS = 86_400_000;

export type CandleOutcome =
  /** The bar after the newest, or the first of all: to be fed and decided. */
  | { readonly outcome: 'next' }
  /** Bars before it are missing: read and `seed` them from `since` on, then feed and decide this one, whether they were there or not. */
  | { readonly outcome: 'gap'; readonly missing: number; readonly since: EpochMillis }
  /** Known with the same values. */
  | { readonly outcome: 'duplicate' }
  /** Known with other values: what was decided stays decided. */
  | { readonly outcome: 'revised' }
  /** Older than the newest, and not known. */
  | { readonly outcome: 'late' }
  /** Not a bar of this feed: not to be fed. */
  | { readonly outcome: 'refused'; readonly reason: string };

export interface CandleCounters {
  /** Bars to decide: those after the newest, with or without a gap before them. */
  next: number;
  duplicate: number;
  revised: number;
  late: number;
  gaps: number;
  /** Bars missing in those gaps; what was read afterwards is counted in `filled`. */
  missing: number;
  filled: number;
  /** Bars to decide in which nothing was traded. */
  zeroVolume: number;
  /** Refused: the open time is not on the timeframe's grid. */
  misaligned: number;
  /** Refused: it opened after the exchange's own time, so it cannot have closed. */
  early: number;
  /** Refused: not numbers, or numbers that contradict each other. */
  invalid: number;
}

/** Decides what becomes of each closed bar of one feed, so that each is decided at most once, in the order of time. */
export interface CandleIntake {
  readonly counters: Readonly<CandleCounters>;
  /** Open time of the newest bar to be decided or seeded; `undefined` before the first. */
  readonly newest: EpochMillis | undefined;
  /**
   * Takes a bar that the exchange calls closed.
   *
   * @param at when the exchange sent it, by its own clock: one bad open time in the future would make every bar after it late
   */
  take(candle: Candle, at?: EpochMillis): CandleOutcome;
  /**
   * Takes a bar that is known and not to be decided: history before the first `take`, or one that a gap lacked.
   *
   * @returns whether to feed it to the features; `false` for one not later than those fed, or not a bar of this feed
   */
  seed(candle: Candle): boolean;
}

const same = (a: Candle, b: Candle): boolean =>
  a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;

export function createCandleIntake({ timeframe }: { readonly timeframe: Timeframe }): CandleIntake {
  const bar = timeframeMillis(timeframe);
  const counters: CandleCounters = {
    next: 0,
    duplicate: 0,
    revised: 0,
    late: 0,
    gaps: 0,
    missing: 0,
    filled: 0,
    zeroVolume: 0,
    misaligned: 0,
    early: 0,
    invalid: 0,
  };
  const remembered = new Array<Candle | undefined>(REMEMBERED_BARS);
  // Bars that divide a day begin at midnight UTC everywhere; where longer ones begin is the exchange's choice, which the first bar tells.
  let phase = DAY_MILLIS % bar === 0 ? 0 : undefined;
  let newest: EpochMillis | undefined;
  /** Open time of the bar fed last; behind `newest` while a gap before `newest` may still be filled. */
  let fed = Number.NEGATIVE_INFINITY;
  let inGap = false;

  const placeOf = (candle: Candle): number => Math.floor(candle.openTime / bar) % REMEMBERED_BARS;
  const remember = (candle: Candle) => {
    remembered[placeOf(candle)] = candle;
  };

  const refusalOf = (candle: Candle, at: EpochMillis | undefined): string | undefined => {
    const fault = candleFault(candle);
    if (fault !== undefined) {
      counters.invalid += 1;
      return fault;
    }
    if (phase !== undefined && candle.openTime % bar !== phase) {
      counters.misaligned += 1;
      return `openTime must be on the grid of ${timeframe} bars, was ${candle.openTime}`;
    }
    if (at !== undefined && candle.openTime > at) {
      counters.early += 1;
      return `a closed bar must have opened by the exchange's time ${at}, opened at ${candle.openTime}`;
    }
    return undefined;
  };

  const accept = (candle: Candle) => {
    phase ??= candle.openTime % bar;
    newest = candle.openTime;
    remember(candle);
  };

  return {
    counters,
    get newest() {
      return newest;
    },
    take(candle, at) {
      const reason = refusalOf(candle, at);
      if (reason !== undefined) return { outcome: 'refused', reason };
      if (newest !== undefined && candle.openTime <= newest) {
        const known = remembered[placeOf(candle)];
        const outcome = known?.openTime !== candle.openTime ? 'late' : same(known, candle) ? 'duplicate' : 'revised';
        counters[outcome] += 1;
        return { outcome };
      }
      const before = newest;
      accept(candle);
      counters.next += 1;
      if (candle.volume === 0) counters.zeroVolume += 1;
      const missing = before === undefined ? 0 : (candle.openTime - before) / bar - 1;
      inGap = missing > 0;
      if (before === undefined || !inGap) {
        fed = candle.openTime;
        return { outcome: 'next' };
      }
      fed = before;
      counters.gaps += 1;
      counters.missing += missing;
      return { outcome: 'gap', missing, since: epochMillis(before + bar) };
    },
    seed(candle) {
      if (refusalOf(candle, undefined) !== undefined) return false;
      if (inGap) {
        if (candle.openTime <= fed || candle.openTime >= (newest as number)) return false;
        counters.filled += 1;
        fed = candle.openTime;
        remember(candle);
        return true;
      }
      if (newest !== undefined && candle.openTime <= newest) return false;
      accept(candle);
      fed = candle.openTime;
      return true;
    },
  };
}
