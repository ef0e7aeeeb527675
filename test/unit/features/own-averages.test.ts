import * as fc from 'fast-check';
import { ATR, BollingerBands, EMA, MACD, RSI, WSMA } from 'trading-signals';
import { describe, expect, it } from 'vitest';
import { ExponentialAverage } from '../../../src/core/features/exponential-average.ts';
import type { FeatureFamily } from '../../../src/core/features/feature-operator.ts';
import { bollinger } from '../../../src/core/features/operators/bollinger.ts';
import { convergence } from '../../../src/core/features/operators/convergence.ts';
import { relativeStrength } from '../../../src/core/features/operators/relative-strength.ts';
import { trueRange } from '../../../src/core/features/operators/true-range.ts';
import { WilderAverage } from '../../../src/core/features/wilder-average.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { randomMarket } from './random-market.ts';

/** Values, and for each how often another came first and was replaced by it. */
const series = fc.array(
  fc.record({
    value: fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true }),
    before: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 2 }),
  }),
  { maxLength: 60 },
);
const length = fc.integer({ min: 1, max: 20 });

describe('an average of our own has the bits of the library', () => {
  it.each([
    ['exponential', (bars: number) => new ExponentialAverage(bars), (bars: number) => new EMA(bars)],
    ["Wilder's", (bars: number) => new WilderAverage(bars), (bars: number) => new WSMA(bars)],
  ])('%s, also after values were replaced', (_name, own, library) => {
    fc.assert(
      fc.property(series, length, (values, bars) => {
        const [ours, theirs] = [own(bars), library(bars)];
        for (const { value, before } of values) {
          for (const [i, each] of [...before, value].entries()) {
            ours.update(each, i > 0);
            theirs.update(each, i > 0);
            expect(ours.value).toBe(theirs.isStable ? theirs.getResultOrThrow() : Number.NaN);
          }
        }
      }),
    );
  });
});

/** What the library's indicators give as the features of a family, bar by bar. */
const references: readonly [FeatureFamily, () => (candle: Candle) => (number | undefined)[]][] = [
  [
    relativeStrength,
    () => {
      const rsi = new RSI(14);
      return ({ close }) => [(rsi.add(close) ?? Number.NaN) / 100];
    },
  ],
  [
    trueRange,
    () => {
      const atr = new ATR(14);
      return (candle) => [(atr.add(candle) ?? Number.NaN) / candle.close];
    },
  ],
  [
    bollinger,
    () => {
      const bands = new BollingerBands(20, 2);
      return ({ close }) => {
        const { upper = Number.NaN, middle = Number.NaN, lower = Number.NaN } = bands.add(close) ?? {};
        return [(close - lower) / (upper - lower), (upper - lower) / middle];
      };
    },
  ],
  [
    convergence,
    () => {
      const [short, long] = [new EMA(12), new EMA(26)];
      const macd = new MACD(short, long, new EMA(9));
      return ({ close }) => {
        const result = macd.add(close);
        const relative = (ema: EMA) => (ema.isStable ? ema.getResultOrThrow() / close - 1 : Number.NaN);
        const parts = [result?.macd, result?.signal, result?.histogram].map((part) => (part ?? Number.NaN) / close);
        return [relative(short), relative(long), ...parts];
      };
    },
  ],
];

describe('a family of our own has the bits of the library, from the first bar on', () => {
  it.each(references.map(([family, reference]) => ({ names: family.names.join(', '), family, reference })))(
    '$names',
    ({ family, reference }) => {
      for (const seed of [1, 2, 3]) {
        const operator = family.create();
        const library = reference();
        const found = new Float64Array(family.names.length);
        for (const whole of randomMarket({ seed, bars: 400 })) {
          // Whole numbers add up to the same in any order.
          const [high, low, close] = [whole.high * 1.1, whole.low * 1.1, whole.close * 1.1];
          const candle = { ...whole, high, low, close };
          operator.update(candle, false);
          operator.write(found, 0);
          expect([...found]).toEqual(library(candle));
        }
      }
    },
  );
});
