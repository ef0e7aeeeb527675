import type { ChartOptionsImpl, IHorzScaleBehavior, InternalHorzScaleItem } from 'lightweight-charts';
import { tickUnit } from './tick-unit.ts';

/** About so many numbers under the axis. */
const TICKS = 10;

export interface StepScale extends IHorzScaleBehavior<number> {
  /** Says from where to where the steps go; ahead of the data. */
  setRange(first: number, last: number): void;
}

/** A horizontal axis of steps with round numbers under it; the library's own are time, and prices with ticks at quarters. */
export function stepScale(): StepScale {
  let unit = 1;
  let options: ChartOptionsImpl<number> | undefined;
  const plain = (item: unknown): string => Number(item).toLocaleString('en-US');
  return {
    setRange(first, last) {
      unit = tickUnit((last - first) / TICKS);
    },
    options: () => options as ChartOptionsImpl<number>,
    setOptions(given) {
      options = given;
    },
    preprocessData: () => undefined,
    convertHorzItemToInternal: (item) => item as unknown as InternalHorzScaleItem,
    createConverterToInternalObj: () => (item) => item as unknown as InternalHorzScaleItem,
    key: (item) => item as never,
    cacheKey: (item) => Number(item),
    updateFormatter: () => undefined,
    formatHorzItem: plain,
    formatTickmark: ({ time }) => (Number(time) % unit === 0 ? plain(time) : ''),
    // Above every weight there is: no number is printed bold.
    maxTickMarkWeight: () => 2 as never,
    fillWeightsForPoints(points, from) {
      for (const point of points.slice(from)) point.timeWeight = (Number(point.time) % unit === 0 ? 1 : 0) as never;
    },
  };
}
