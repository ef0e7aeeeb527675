import { describe, expect, test } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Metric, Metrics } from '../../../src/core/ports/metrics.ts';

/** One value of one time series. */
export interface Recorded {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricsUnderTest {
  readonly metrics: Metrics;
  /** What was recorded, in any order; without dimensions the store adds to everything. */
  recorded(): readonly Recorded[];
}

export const metric = (overrides: Partial<Metric> = {}): Metric => ({
  name: 'DecisionLatency',
  value: 1.25,
  unit: 'Milliseconds',
  at: epochMillis(1_640_995_200_000),
  dimensions: { slot: 'paper:trend:BTC/USDT:1m', component: 'trader' },
  ...overrides,
});

const inOrder = (values: readonly Recorded[]) => values.map((value) => JSON.stringify(value)).toSorted();
const fields = ({ name, value, unit, at, dimensions }: Recorded): Recorded => ({
  name,
  value,
  unit,
  at,
  dimensions: Object.fromEntries(Object.entries(dimensions).toSorted()),
});

/** What every metric store promises. `open` gives an empty one each time. */
export function metricsContract(name: string, open: () => MetricsUnderTest): void {
  describe(`${name} keeps the metrics' contract`, () => {
    test('keeps every value with its time, unit and dimensions, also many of one name at one time', async () => {
      const { metrics, recorded } = open();
      const given = [
        metric(),
        metric({ value: -3 }),
        metric({ at: epochMillis(1_640_995_260_000) }),
        metric({ dimensions: {} }),
        metric({ name: 'Orders', unit: 'Count', value: 0 }),
        ...Array.from({ length: 250 }, (_, n) => metric({ name: `m${n}`, unit: 'None', value: n })),
      ];
      await metrics.record(given);
      await metrics.record([]);
      expect(inOrder(recorded().map(fields))).toEqual(inOrder(given.map(fields)));
    });

    test('refuses what no metric store takes, and records nothing of that call', async () => {
      const { metrics, recorded } = open();
      const four = { a: '1', b: '2', c: '3', d: '4' };
      for (const wrong of [{ value: Number.NaN }, { value: Number.POSITIVE_INFINITY }, { dimensions: four }]) {
        await expect(metrics.record([metric(), metric(wrong)])).rejects.toMatchObject({ code: 'METRIC_INVALID' });
      }
      expect(recorded()).toEqual([]);
    });
  });
}
