import { describe, expect, it } from 'vitest';
import { chartMarkers } from '../../../../apps/dashboard/page/chart-markers.ts';
import type { TradeRow } from '../../../../src/core/dashboard/trade-row.ts';
import { waveBars } from '../../../support/listed-market.ts';

const START = 1_640_995_200_000;
const BAR = 60_000;
const colours = { up: 'green', down: 'red', accent: 'blue' };
const candles = waveBars(10, START);
const trade = (at: number, side: 'buy' | 'sell') => ({ clientOrderId: String(at), at, side }) as TradeRow;

describe('markers on the chart', () => {
  it('stand at the bar a trade happened in, bought below and sold above', () => {
    const trades = [trade(START + 2 * BAR, 'buy'), trade(START + 4 * BAR - 1, 'sell')];
    expect(chartMarkers({ candles, trades, swaps: [] }, colours)).toEqual([
      { time: (START + 2 * BAR) / 1_000, position: 'belowBar', shape: 'arrowUp', color: 'green', size: 1 },
      { time: (START + 3 * BAR) / 1_000, position: 'aboveBar', shape: 'arrowDown', color: 'red', size: 1 },
    ]);
  });

  it('name the model at the bar it first decided, in the order of time', () => {
    const swaps = [{ barClose: START + 2 * BAR, runId: 'run-2', previousRunId: 'run-1' }];
    const markers = chartMarkers({ candles, trades: [trade(START + 5 * BAR, 'buy')], swaps }, colours);
    expect(markers.map(({ time, text }) => [time, text])).toEqual([
      [(START + BAR) / 1_000, 'run-2'],
      [(START + 5 * BAR) / 1_000, undefined],
    ]);
  });

  it('leave out what was before the bars at hand, and put what comes after at the newest', () => {
    const trades = [trade(START - 1, 'buy'), trade(START + 10 * BAR, 'sell')];
    expect(chartMarkers({ candles, trades, swaps: [] }, colours).map(({ time }) => time)).toEqual([
      (START + 9 * BAR) / 1_000,
    ]);
    expect(chartMarkers({ candles: [], trades, swaps: [] }, colours)).toEqual([]);
  });
});
