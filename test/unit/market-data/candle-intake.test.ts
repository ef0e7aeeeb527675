import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { createCandleIntake } from '../../../src/core/market-data/candle-intake.ts';
import { timeframe, timeframeMillis } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const oneMinute = timeframe('1m');
const FIRST = 27_000_000;

/** The bar with this number. */
function bar(number: number, changes: Partial<Candle> = {}, tf = oneMinute): Candle {
  return {
    openTime: epochMillis((FIRST + number) * timeframeMillis(tf)),
    open: 100,
    high: 110,
    low: 90,
    close: 100 + (number % 10),
    volume: 5,
    ...changes,
  };
}
const revised = (number: number) => bar(number, { close: 95 });

const noneCounted = {
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

/** What a feed may make of bars 0 to 29: lost, repeated, revised, broken, and in any order. */
const feeds = fc.array(
  fc.record({
    number: fc.integer({ min: 0, max: 29 }),
    kind: fc.constantFrom('as it is', 'as it is', 'as it is', 'revised', 'broken', 'off the grid'),
  }),
  { maxLength: 80 },
);
interface FeedEntry {
  readonly number: number;
  readonly kind: string;
}

function candleOf({ number, kind }: FeedEntry): Candle {
  if (kind === 'revised') return revised(number);
  if (kind === 'broken') return bar(number, { close: Number.NaN });
  if (kind === 'off the grid') return bar(number, { openTime: epochMillis(bar(number).openTime + 1) });
  return bar(number);
}

describe('whatever a feed does', () => {
  it('each bar is decided at most once, in the order of time, and everything is counted once', () => {
    fc.assert(
      fc.property(feeds, (feed) => {
        const intake = createCandleIntake({ timeframe: oneMinute });
        const decided: number[] = [];
        for (const entry of feed) {
          const { outcome } = intake.take(candleOf(entry));
          if (outcome === 'next' || outcome === 'gap') decided.push(entry.number);
        }
        expect(decided).toEqual([...new Set(decided)].sort((a, b) => a - b));
        const { next, duplicate, revised, late, misaligned, invalid, gaps, missing } = intake.counters;
        expect(next + duplicate + revised + late + misaligned + invalid).toBe(feed.length);
        expect(next).toBe(decided.length);
        const span = decided.length === 0 ? 0 : (decided.at(-1) as number) - (decided[0] as number) + 1;
        expect(missing).toBe(span - decided.length);
        expect(gaps).toBeLessThanOrEqual(missing);
        // The newest bar that can be one is always decided on.
        const usable = feed.filter(({ kind }) => kind === 'as it is' || kind === 'revised');
        expect(decided.at(-1) ?? -1).toBe(Math.max(-1, ...usable.map(({ number }) => number)));
      }),
      { numRuns: 300 },
    );
  });

  it('features are fed an unbroken series when gaps are read from an exchange that has all bars', () => {
    fc.assert(
      fc.property(feeds, fc.integer({ min: 0, max: 20 }), (feed, history) => {
        const intake = createCandleIntake({ timeframe: oneMinute });
        const fed: number[] = [];
        const seed = (candle: Candle) => {
          if (intake.seed(candle)) fed.push(candle.openTime / 60_000 - FIRST);
        };
        for (let number = 0; number < history; number += 1) seed(bar(number));
        for (const entry of feed) {
          const taken = intake.take(candleOf(entry));
          if (taken.outcome === 'gap') {
            const from = taken.since / 60_000 - FIRST;
            // As a page of an exchange may be: from a bar before to bars after, some of them twice.
            for (let number = from - 1; number < from + taken.missing + 3; number += 1) {
              seed(bar(number));
              if (number % 2 === 0) seed(revised(number));
            }
          }
          if (taken.outcome === 'next' || taken.outcome === 'gap') fed.push(entry.number);
        }
        const first = fed[0] ?? 0;
        expect(fed).toEqual(fed.map((_, index) => first + index));
        expect(intake.counters.filled).toBe(intake.counters.missing);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a closed bar', () => {
  it('is next after the newest, first of all, and after history', () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    expect(intake.newest).toBeUndefined();
    expect([intake.seed(bar(0)), intake.seed(bar(1))]).toEqual([true, true]);
    expect(intake.take(bar(2))).toEqual({ outcome: 'next' });
    expect(intake.newest).toBe(bar(2).openTime);
    expect(intake.counters).toEqual({ ...noneCounted, next: 1 });
    expect(createCandleIntake({ timeframe: oneMinute }).take(bar(7))).toEqual({ outcome: 'next' });
  });

  it('after missing ones says how many and from when, and can be decided without them', () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    intake.take(bar(0));
    expect(intake.take(bar(4))).toEqual({ outcome: 'gap', missing: 3, since: bar(1).openTime });
    expect(intake.seed(bar(2)), 'as far as the exchange has them').toBe(true);
    expect(intake.seed(bar(1)), 'a bar before one that was fed').toBe(false);
    expect(intake.seed(bar(4)), 'the bar itself').toBe(false);
    expect(intake.seed(bar(5)), 'a bar after it').toBe(false);
    expect(intake.take(bar(5))).toEqual({ outcome: 'next' });
    expect(intake.seed(bar(3)), 'too late').toBe(false);
    expect(intake.counters).toEqual({ ...noneCounted, next: 3, gaps: 1, missing: 3, filled: 1 });
  });

  it('that is known is a duplicate or a revision, and one that is not is late', () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    intake.seed(bar(0));
    intake.take(bar(1));
    intake.take(bar(4));
    intake.seed(bar(2));
    expect([bar(0), bar(1), bar(2), bar(4)].map((candle) => intake.take(candle).outcome)).toEqual(
      Array(4).fill('duplicate'),
    );
    expect([0, 1, 2, 4].map((number) => intake.take(revised(number)).outcome)).toEqual(Array(4).fill('revised'));
    expect(intake.take(bar(3))).toEqual({ outcome: 'late' });
    expect(intake.take(bar(-1))).toEqual({ outcome: 'late' });
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
      const value = bar(4)[field] + (field === 'low' ? -0.5 : 0.5);
      expect(intake.take(bar(4, { [field]: value })).outcome, field).toBe('revised');
    }
    expect(intake.counters).toMatchObject({ next: 2, duplicate: 4, revised: 9, late: 2 });
  });

  it('is forgotten after 480 bars: then it is late, whatever its values', () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    for (let number = 0; number <= 480; number += 1) intake.take(bar(number));
    expect([0, 1].map((number) => intake.take(bar(number)).outcome)).toEqual(['late', 'duplicate']);
  });

  it('in which nothing was traded is a bar like others, and counted', () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    expect(intake.take(bar(0, { volume: 0 }))).toEqual({ outcome: 'next' });
    expect(intake.counters).toEqual({ ...noneCounted, next: 1, zeroVolume: 1 });
  });
});

describe('what is no bar of the feed is refused, counted, and changes nothing', () => {
  it.each<[string, Partial<Candle>, string]>([
    ['a price that is no number', { close: Number.NaN }, 'close must be from the low 90 to the high 110, was NaN'],
    ['no price', { low: 0 }, 'low must be a finite number above 0, was 0'],
    ['a negative price', { open: -1, low: -1 }, 'low must be a finite number above 0, was -1'],
    ['a low above the high', { low: 120 }, 'high must be a finite number from the low 120, was 110'],
    ['no end', { high: Number.POSITIVE_INFINITY }, 'high must be a finite number from the low 90, was Infinity'],
    ['an open outside', { open: 111 }, 'open must be from the low 90 to the high 110, was 111'],
    ['a close outside', { close: 89 }, 'close must be from the low 90 to the high 110, was 89'],
    ['a negative volume', { volume: -1 }, 'volume must be a finite number from 0, was -1'],
    ['a volume that is no number', { volume: Number.NaN }, 'volume must be a finite number from 0, was NaN'],
    [
      'a time that is no whole number',
      { openTime: epochMillis(1.5) },
      'openTime must be whole milliseconds since 1970, was 1.5',
    ],
  ])('%s', (_what, changes, reason) => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    intake.take(bar(0));
    expect(intake.take(bar(1, changes))).toEqual({ outcome: 'refused', reason });
    expect(intake.seed(bar(1, changes))).toBe(false);
    expect(intake.take(bar(1))).toEqual({ outcome: 'next' });
    expect(intake.counters).toEqual({ ...noneCounted, next: 2, invalid: 2 });
  });

  it('a bar that is not on the grid', () => {
    const intake = createCandleIntake({ timeframe: timeframe('5m') });
    expect(intake.take(bar(0, { openTime: epochMillis(60_000) }))).toEqual({
      outcome: 'refused',
      reason: 'openTime must be on the grid of 5m bars, was 60000',
    });
    expect(intake.counters).toEqual({ ...noneCounted, misaligned: 1 });
  });

  it("bars of several days, whose grid is the exchange's own, must be on that of the first", () => {
    const days = timeframe('3d');
    const intake = createCandleIntake({ timeframe: days });
    const start = 86_400_000 * 3 * 6_000 + 86_400_000;
    const at = (day: number) => bar(0, { openTime: epochMillis(start + day * 86_400_000) });
    expect([0, 3, 4, 6].map((day) => intake.take(at(day)).outcome)).toEqual(['next', 'next', 'refused', 'next']);
  });

  it("a bar from after the exchange's own time, which would make every bar after it late", () => {
    const intake = createCandleIntake({ timeframe: oneMinute });
    const at = bar(1).openTime;
    expect(intake.take(bar(500), at)).toEqual({
      outcome: 'refused',
      reason: `a closed bar must have opened by the exchange's time ${at}, opened at ${bar(500).openTime}`,
    });
    expect(intake.take(bar(0), at)).toEqual({ outcome: 'next' });
    expect(intake.counters).toEqual({ ...noneCounted, next: 1, early: 1 });
  });
});
