import {
  type ChartOptions,
  ColorType,
  CrosshairMode,
  createChart,
  type DeepPartial,
  type IChartApi,
} from 'lightweight-charts';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ChartColours, useChartColours } from './theme.ts';

const optionsOf = (colours: ChartColours): DeepPartial<ChartOptions> => ({
  autoSize: true,
  layout: {
    background: { type: ColorType.Solid, color: 'transparent' },
    textColor: colours.text,
    fontFamily: 'system-ui, sans-serif',
    fontSize: 11,
    // Its logo brings a style element, which the content policy refuses; the footer names the library instead.
    attributionLogo: false,
  },
  grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
  rightPriceScale: { borderVisible: false, minimumWidth: 72 },
  timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, rightOffset: 4 },
  crosshair: { mode: CrosshairMode.Normal },
  // The page scrolls with the wheel and a finger; the chart is dragged sideways and pinched.
  handleScroll: { mouseWheel: false, vertTouchDrag: false },
  handleScale: { mouseWheel: false, axisPressedMouseMove: false },
});

export interface ChartHandle {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly chart: IChartApi | undefined;
  readonly colours: ChartColours;
}

/** A chart that fills an element and follows the colour scheme. */
export function useChart(): ChartHandle {
  const ref = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<IChartApi>();
  const colours = useChartColours();
  useEffect(() => {
    if (!ref.current) return undefined;
    const created = createChart(ref.current, optionsOf(colours));
    setChart(created);
    return () => created.remove();
  }, []);
  useEffect(() => chart?.applyOptions(optionsOf(colours)), [chart, colours]);
  return { ref, chart, colours };
}
