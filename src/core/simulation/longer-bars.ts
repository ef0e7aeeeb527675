import type { Candle } from '../market-data/candle.ts';
import { epochMillis } from '../ports/clock.ts';

/** One bar over several shorter ones, which are in the order of time and at least one. */
export function mergeBars(openTime: number, bars: readonly Candle[]): Candle {
  const [first, last] = [bars[0] as Candle, bars[bars.length - 1] as Candle];
  let { high, low } = first;
  let volume = 0;
  for (const bar of bars) {
    high = Math.max(high, bar.high);
    low = Math.min(low, bar.low);
    volume += bar.volume;
  }
  return { openTime: epochMillis(openTime), open: first.open, high, low, close: last.close, volume };
}

/** Gathers bars to longer ones, one bar after the other. */
export interface LongerBars {
  /** The longer bar as it stands with this bar in it, and whether this was its last. */
  add(bar: Candle): { readonly bar: Candle; readonly closed: boolean };
}

/** @param barMillis of the bars that come; `millis` is a multiple of it */
export function createLongerBars(barMillis: number, millis: number): LongerBars {
  let gathered: Candle[] = [];
  let start = Number.NaN;
  return {
    add(bar) {
      const opens = Math.floor(bar.openTime / millis) * millis;
      if (opens !== start) gathered = [];
      start = opens;
      gathered.push(bar);
      return { bar: mergeBars(start, gathered), closed: bar.openTime + barMillis === start + millis };
    },
  };
}

/** All longer bars of a series that end by `until`, in the order of time; one whose first bars are missing is left out. */
export function longerBars(bars: readonly Candle[], millis: number, until: number): Candle[] {
  const longer: Candle[] = [];
  let group: Candle[] = [];
  let start = Number.NaN;
  const finish = () => {
    if (group.length > 0 && start + millis <= until) longer.push(mergeBars(start, group));
  };
  for (const bar of bars) {
    const opens = Math.floor(bar.openTime / millis) * millis;
    if (opens !== start) {
      finish();
      group = [];
      start = opens;
    }
    // A series that begins inside a longer bar cannot tell how that one opened.
    if (group.length > 0 || bar.openTime === start || longer.length > 0) group.push(bar);
  }
  finish();
  return longer;
}
