import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../../src/core/features/feature-computer.ts';
import { computeFeatureMatrix } from '../../../src/core/features/feature-matrix.ts';
import { requiredHistory } from '../../../src/core/features/feature-set.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { timeframe, timeframeMillis } from '../../../src/core/market-data/timeframe.ts';
import { randomMarket } from './random-market.ts';

const oneMinute = timeframe('1m');
const timeframes = ['1m', '5m', '1h', '1d'].map(timeframe);

const markets = fc.record({
  seed: fc.nat(),
  firstBar: fc.integer({ min: 20_000, max: 30_000 }),
  gapChance: fc.constantFrom(0, 0.002, 0.01),
  gapBars: fc.constantFrom(1, 7, 300),
  tf: fc.constantFrom(...timeframes),
});

type Rows = Map<number, string>;

/** Bits, not values: -0 and 0 differ. */
const bitsOf = (row: Float32Array) => Buffer.from(row.slice().buffer).toString('base64');

function rowsOf(candles: readonly Candle[], tf = oneMinute, completeSince?: number): Rows {
  const computer = createFeatureComputer(aresCore, tf, { completeSince });
  const rows: Rows = new Map();
  for (const candle of candles) {
    const row = computer.close(candle);
    if (row) rows.set(candle.openTime, bitsOf(row));
  }
  return rows;
}

const rowsFrom = (rows: Rows, time: number) => [...rows].filter(([openTime]) => openTime >= time);

describe('a row', () => {
  it('has the same bits wherever history begins, from the required history on', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 0, max: 500 }), ({ tf, ...market }, skipped) => {
        const barMillis = timeframeMillis(tf);
        const candles = randomMarket({ ...market, barMillis, bars: 1_300 });
        const later = candles.slice(skipped);
        const start = later[0]?.openTime as number;
        // From the segment on whose warm-up begins in the shorter history.
        const segment = 240 * barMillis;
        const comparable = Math.ceil(start / segment) * segment + segment;
        expect(rowsFrom(rowsOf(later, tf), comparable)).toEqual(rowsFrom(rowsOf(candles, tf), comparable));
        expect(rowsOf(later, tf, start)).toEqual(rowsOf(later, tf));
      }),
      { numRuns: 8 },
    );
  }, 30_000);

  it('is the newest of the required history, wherever in a segment it is', () => {
    for (const end of [480, 481, 600, 719, 720]) {
      const candles = randomMarket({ seed: end, bars: end, firstBar: 27_000_000 - (27_000_000 % 240) });
      expect(rowsOf(candles.slice(-requiredHistory)).get(candles.at(-1)?.openTime as number)).toBeDefined();
    }
  });

  it('is the same computed in pieces as in one go', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 500, max: 1_100 }), ({ tf, ...market }, cut) => {
        const candles = randomMarket({ ...market, barMillis: timeframeMillis(tf), bars: 1_200, gapChance: 0 });
        const whole = computeFeatureMatrix(aresCore, tf, candles);
        const head = computeFeatureMatrix(aresCore, tf, candles.slice(0, cut));
        const border = candles[cut]?.openTime as number;
        const tail = computeFeatureMatrix(aresCore, tf, candles.slice(cut - requiredHistory));
        const dropped = tail.times.findIndex((time) => time >= border);
        expect([...head.times, ...tail.times.slice(dropped)]).toEqual(whole.times);
        expect(
          Buffer.concat([Buffer.from(head.rows.buffer), Buffer.from(tail.rows.buffer, dropped * tail.width * 4)]),
        ).toEqual(Buffer.from(whole.rows.buffer));
        expect([...whole.candleIndex].map((index) => candles[index]?.openTime)).toEqual(whole.times);
      }),
      { numRuns: 6 },
    );
  }, 30_000);
});

describe('a preview', () => {
  const openBars = (candle: Candle, factors: readonly number[]): Candle[] =>
    factors.map((factor) => {
      const close = candle.open * factor;
      return {
        ...candle,
        close,
        high: Math.max(candle.open, close),
        low: Math.min(candle.open, close),
        volume: candle.volume * factor,
      };
    });

  it('leaves no trace, and of the final bar gives the row of its close', () => {
    fc.assert(
      fc.property(
        markets,
        fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { maxLength: 3 }),
        fc.nat({ max: 3 }),
        ({ tf, ...market }, factors, every) => {
          const candles = randomMarket({ ...market, barMillis: timeframeMillis(tf), bars: 800 });
          const expected = rowsOf(candles, tf);
          const computer = createFeatureComputer(aresCore, tf);
          const found: Rows = new Map();
          for (const [index, candle] of candles.entries()) {
            if (index % (every + 1) === 0) {
              // The bar after this one may be seen first, and bars that never close.
              const next = candles[index + 1];
              for (const open of openBars(candle, factors)) computer.preview(open);
              if (next) computer.preview(next);
              const preview = computer.preview(candle);
              expect(preview && bitsOf(preview)).toEqual(expected.get(candle.openTime));
            }
            const row = computer.close(candle);
            if (row) found.set(candle.openTime, bitsOf(row));
          }
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 6 },
    );
  }, 30_000);

  it('has no row where the closed bar would have none', () => {
    const candles = randomMarket({ seed: 5, bars: 700, firstBar: 240 * 100_000 });
    const computer = createFeatureComputer(aresCore, oneMinute);
    expect(computer.preview(candles[0] as Candle)).toBeUndefined();
    for (const candle of candles.slice(0, 239)) computer.close(candle);
    expect(computer.preview(candles[239] as Candle)).toBeUndefined();
    expect(computer.preview(candles[240] as Candle), 'the bar before has not closed').toBeUndefined();
    computer.close(candles[239] as Candle);
    expect(computer.preview(candles[240] as Candle)).toBeDefined();
    expect(computer.preview(candles[500] as Candle), 'of a segment whose warm-up has not been seen').toBeUndefined();
  });
});

describe('a row is there', () => {
  const anchor = 240 * 100_000;
  const candles = randomMarket({ seed: 7, bars: 960, firstBar: anchor });
  const timeOf = (bar: number) => (anchor + bar) * 60_000;
  const firstRow = (fed: readonly Candle[], completeSince?: number) =>
    rowsOf(fed, oneMinute, completeSince).keys().next().value;

  it('from the first segment on whose warm-up the history covers', () => {
    expect(firstRow(candles)).toBe(timeOf(240));
    expect(firstRow(candles.slice(1))).toBe(timeOf(480));
    expect(firstRow(candles.slice(240))).toBe(timeOf(480));
    expect(firstRow(candles.slice(241))).toBe(timeOf(720));
  });

  it('as many bars later as candles are missing from the warm-up', () => {
    const hole = candles.filter((_, bar) => bar < 100 || bar >= 103);
    expect(firstRow(hole)).toBe(timeOf(243));
    const rows = rowsOf(hole);
    expect(rows.has(timeOf(479))).toBe(true);
    expect(rows.has(timeOf(480))).toBe(true);
  });

  it('again after a gap longer than a segment, 240 candles later', () => {
    const resumed = candles.filter((_, bar) => bar < 300 || bar >= 700);
    const times = [...rowsOf(resumed).keys()];
    expect(times.filter((time) => time >= timeOf(300))).toEqual(Array.from({ length: 20 }, (_, i) => timeOf(940 + i)));
  });

  it('never of a segment that was skipped whole, computed from what came before it', () => {
    const longer = randomMarket({ seed: 7, bars: 1_200, firstBar: anchor });
    const resumed = longer.filter((_, bar) => bar < 300 || bar >= 730);
    expect([...rowsOf(resumed).keys()].filter((time) => time >= timeOf(300))[0]).toBe(timeOf(970));
  });

  it('when a warm-up begins with a gap only if the caller says that nothing is missing', () => {
    const gap = candles.slice(10);
    expect(firstRow(gap)).toBe(timeOf(480));
    expect(firstRow(gap, timeOf(0))).toBe(timeOf(250));
  });

  it('only when all its values are finite', () => {
    const worthless = candles.map((candle, bar) =>
      bar === 300 ? { ...candle, open: 0, high: 0, low: 0, close: 0 } : candle,
    );
    const rows = rowsOf(worthless);
    expect(rows.has(timeOf(299))).toBe(true);
    expect(rows.has(timeOf(300))).toBe(false);
  });
});

it.each(['close', 'preview'] as const)('%s refuses a candle that is not later than the last closed one', (method) => {
  const [first, second] = randomMarket({ seed: 1, bars: 2 }) as [Candle, Candle];
  const computer = createFeatureComputer(aresCore, oneMinute);
  computer.close(second);
  for (const stale of [first, second]) {
    expect(() => computer[method](stale)).toThrow(
      expect.objectContaining({
        code: 'CANDLE_ORDER',
        message: expect.stringContaining(`opened at ${stale.openTime}`),
      }),
    );
  }
});
