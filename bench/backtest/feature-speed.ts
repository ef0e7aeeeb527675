import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import type { FeatureSet } from '../../src/core/features/feature-set.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';

export interface FeatureSpeed {
  /** How often the candles were fed, one after the other. */
  readonly times: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Rows times columns. */
  readonly featuresPerSecond: number;
}

/** Feeds the candles so many times in a row, each time later, and measures how fast rows come. */
export function measureFeatures(
  set: FeatureSet,
  columns: readonly number[],
  series: { readonly candles: readonly Candle[]; readonly timeframe: Timeframe },
  times: number,
): FeatureSpeed {
  const { candles, timeframe } = series;
  const computer = createFeatureComputer(set, timeframe, { columns });
  const [first, last] = [candles[0] as Candle, candles.at(-1) as Candle];
  const span = last.openTime - first.openTime + 60_000;
  let rows = 0;
  const started = performance.now();
  for (let time = 0; time < times; time += 1) {
    for (const candle of candles) {
      const openTime = epochMillis(candle.openTime + time * span);
      if (computer.close({ ...candle, openTime })) rows += 1;
    }
  }
  const seconds = (performance.now() - started) / 1_000;
  const rowsPerSecond = Math.round(rows / seconds);
  return { times, rows, rowsPerSecond, featuresPerSecond: rowsPerSecond * columns.length };
}
