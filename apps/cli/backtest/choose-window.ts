import { AresError } from '../../../src/core/ares-error.ts';
import type { CandleSeries } from '../../../src/core/market-data/candle-csv.ts';
import type { Evaluation } from '../../../src/core/models/model-record.ts';
import { momentText } from '../render/words.ts';

export interface BacktestWindow {
  /** Open time of the first bar to trade. */
  readonly from: number;
  /** How many of the bars to trade are not later than the last one the model has learned from. */
  readonly overlap: number;
  /** How many of them its figures were measured on: whoever chose it by those knew how they went. */
  readonly measured: number;
}

/**
 * Which bars are traded: those from `wanted` on, or those after the last bar the model has seen.
 *
 * @throws AresError `BACKTEST_EMPTY`
 */
export function chooseWindow(
  { candles }: CandleSeries,
  { trainedTo, evaluation }: { readonly trainedTo: number; readonly evaluation: Evaluation | null },
  wanted: number | undefined,
): BacktestWindow {
  const earliest = wanted ?? trainedTo + 1;
  const traded = candles.filter(({ openTime }) => openTime >= earliest);
  const countIn = (from: number, to: number) =>
    traded.filter(({ openTime }) => openTime >= from && openTime <= to).length;
  if (traded[0]) {
    const measured = evaluation ? countIn(evaluation.from, evaluation.to) : 0;
    return { from: traded[0].openTime, overlap: countIn(0, trainedTo), measured };
  }
  const why =
    wanted === undefined ? `the model was trained up to ${momentText(trainedTo)}` : `--from is ${momentText(wanted)}`;
  throw new AresError(
    'BACKTEST_EMPTY',
    `candles must go on after what is left out: ${why}, and the last opens at ${momentText(candles.at(-1)?.openTime ?? 0)}`,
  );
}
