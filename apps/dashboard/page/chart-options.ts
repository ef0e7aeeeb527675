import { type ChartOptions, ColorType, CrosshairMode, type DeepPartial } from 'lightweight-charts';
import type { ChartColours } from './theme.ts';

/** How every chart of the page looks and behaves. */
export const chartOptions = (colours: ChartColours): Omit<DeepPartial<ChartOptions>, 'localization'> => ({
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
