import { AresError } from '../../../src/core/ares-error.ts';
import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import { momentText } from '../render/words.ts';

export interface BacktestWindow {
  /** Open time of the first bar to trade. */
  readonly from: number;
  /** How many of the bars to trade the model has learned from. */
  readonly overlap: number;
}

/**
 * Which bars are traded: those from `wanted` on, or those after the last bar the model has seen.
 *
 * @throws AresError `BACKTEST_EMPTY`
 */
export function chooseWindow({ candles }: CandleSeries, trainedTo: number, wanted: number | undefined): BacktestWindow {
  const earliest = wanted ?? trainedTo + 1;
  const first = candles.find(({ openTime }) => openTime >= earliest);
  if (first)
    return {
      from: first.openTime,
      overlap: candles.filter(({ openTime }) => openTime >= first.openTime && openTime <= trainedTo).length,
    };
  const why =
    wanted === undefined ? `the model was trained up to ${momentText(trainedTo)}` : `--from is ${momentText(wanted)}`;
  throw new AresError(
    'BACKTEST_EMPTY',
    `candles must go on after what is left out: ${why}, and the last opens at ${momentText(candles.at(-1)?.openTime ?? 0)}`,
  );
}
