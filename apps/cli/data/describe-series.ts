import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import { counted, momentText } from '../render/words.ts';

/** What a candle file holds. */
export interface SeriesFacts {
  readonly candles: number;
  readonly timeframe: string;
  /** Open times. */
  readonly from: number;
  readonly to: number;
  readonly gaps: CandleSeries['gaps'];
  readonly missing: number;
}

export function seriesFacts({ candles, timeframe, gaps }: CandleSeries): SeriesFacts {
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const [first, last] = [candles[0], candles.at(-1)];
  return { candles: candles.length, timeframe, from: first?.openTime ?? 0, to: last?.openTime ?? 0, gaps, missing };
}

const SHOWN = 10;

export function seriesText({ candles, timeframe, from, to, gaps, missing }: SeriesFacts): string {
  const whole = `${counted(candles, 'candle')} of ${timeframe}, from ${momentText(from)} to ${momentText(to)}`;
  if (gaps.length === 0) return `${whole}, without a gap.`;
  const lines = gaps
    .slice(0, SHOWN)
    .map((gap) => `  ${counted(gap.missing, 'candle')} missing from ${momentText(gap.from)} to ${momentText(gap.to)}`);
  const more = gaps.length > SHOWN ? [`  and ${gaps.length - SHOWN} more`] : [];
  return [
    `${whole}, with ${counted(gaps.length, 'gap')} of ${counted(missing, 'candle')} in all:`,
    ...lines,
    ...more,
  ].join('\n');
}
