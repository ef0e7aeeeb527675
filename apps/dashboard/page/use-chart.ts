import { createChart, type IChartApi } from 'lightweight-charts';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { chartOptions } from './chart-options.ts';
import { type ChartColours, useChartColours } from './theme.ts';

export interface ChartHandle {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly chart: IChartApi | undefined;
  readonly colours: ChartColours;
}

/** A chart over time that fills an element and follows the colour scheme. */
export function useChart(): ChartHandle {
  const ref = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<IChartApi>();
  const colours = useChartColours();
  useEffect(() => {
    if (!ref.current) return undefined;
    const created = createChart(ref.current, chartOptions(colours));
    setChart(created);
    return () => created.remove();
  }, []);
  useEffect(() => chart?.applyOptions(chartOptions(colours)), [chart, colours]);
  return { ref, chart, colours };
}
