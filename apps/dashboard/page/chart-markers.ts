import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import type { ChartColours } from './theme.ts';

/** Trades and model swaps on the bars they happened in; what lies outside the bars at hand is left out. */
export function chartMarkers(
  { candles, trades, swaps }: Pick<Dashboard, 'candles' | 'trades' | 'swaps'>,
  colours: Pick<ChartColours, 'up' | 'down' | 'accent'>,
): SeriesMarker<UTCTimestamp>[] {
  const times = candles.map(({ openTime }) => openTime as number);
  const markers: { readonly bar: number; readonly marker: SeriesMarker<UTCTimestamp> }[] = [];
  const add = (bar: number | undefined, marker: Omit<SeriesMarker<UTCTimestamp>, 'time'>): void => {
    if (bar !== undefined)
      markers.push({ bar, marker: { ...marker, time: (bar / 1_000) as UTCTimestamp } as SeriesMarker<UTCTimestamp> });
  };
  for (const { at, side } of trades) {
    const bought = side === 'buy';
    add(barAt(times, at), {
      position: bought ? 'belowBar' : 'aboveBar',
      shape: bought ? 'arrowUp' : 'arrowDown',
      color: bought ? colours.up : colours.down,
      size: 1,
    });
  }
  // A swap counts from the bar that the new model decided, which is the last one closed by then.
  for (const { barClose, runId } of swaps) {
    add(barAt(times, barClose - 1), {
      position: 'aboveBar',
      shape: 'square',
      color: colours.accent,
      text: runId,
      size: 1,
    });
  }
  return markers.sort((a, b) => a.bar - b.bar).map(({ marker }) => marker);
}

/** The bar that is open at a time; the newest also stands for the one after it, which has not closed yet. */
function barAt(openTimes: readonly number[], at: number): number | undefined {
  const first = openTimes[0];
  if (first === undefined || at < first) return undefined;
  let low = 0;
  let high = openTimes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((openTimes[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return openTimes[low];
}
