import type { EpochMillis } from '../ports/clock.ts';

/** The state of a backtest at the close of a bar. */
export interface CurvePoint {
  readonly at: EpochMillis;
  /** In quote currency. */
  readonly equity: number;
  /** From the highest equity before it, the start included: from −1 to 0. */
  readonly drawdown: number;
  /** What the same money would be worth had it been put into the market at the first bar's close, without costs. */
  readonly market: number;
}

/**
 * Thins a curve out for a picture: of each stretch of bars the lowest and the highest equity stay, and the first and the last bar, so that no peak and no fall is lost.
 *
 * @param limit points to keep at most, from 4
 */
export function thinOut(points: readonly CurvePoint[], limit: number): readonly CurvePoint[] {
  if (points.length <= limit) return points;
  const stretches = Math.floor((limit - 2) / 2);
  const kept = new Set<number>([0, points.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * points.length) / stretches);
    const until = Math.floor(((stretch + 1) * points.length) / stretches);
    let [lowest, highest] = [from, from];
    for (let at = from; at < until; at += 1) {
      const { equity } = points[at] as CurvePoint;
      if (equity < (points[lowest] as CurvePoint).equity) lowest = at;
      if (equity > (points[highest] as CurvePoint).equity) highest = at;
    }
    kept.add(lowest).add(highest);
  }
  return [...kept].sort((a, b) => a - b).map((at) => points[at] as CurvePoint);
}

/** The whole curve, a point a bar. */
export function equityCurve(
  bars: readonly { readonly at: EpochMillis; readonly equity: number; readonly close: number }[],
  start: number,
): readonly CurvePoint[] {
  const base = bars[0]?.close ?? 1;
  let peak = start;
  return bars.map(({ at, equity, close }) => {
    peak = Math.max(peak, equity);
    return { at, equity, drawdown: peak > 0 ? equity / peak - 1 : 0, market: (start * close) / base };
  });
}
