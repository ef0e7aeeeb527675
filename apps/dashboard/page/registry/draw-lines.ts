import { LineSeries, LineStyle } from 'lightweight-charts';
import { metricTexts } from './metric-texts.ts';
import { metricText } from './metric-value.ts';
import type { StepGrid } from './step-grid.ts';
import type { StepChartHandle } from './use-step-chart.ts';
import { valueAxisStep } from './value-axis-step.ts';

export interface Hovered {
  readonly step: number;
  /** By line. */
  readonly values: readonly (number | undefined)[];
}

/** Below so many points a line, each point is marked. */
const FEW = 40;

/**
 * Draws lines over their common axis and tells what is under the pointer.
 *
 * @returns what takes them away again
 */
export function drawLines(
  { chart, scale, isGone }: StepChartHandle,
  { axis, lines }: StepGrid,
  colours: readonly string[],
  onHover: (hovered: Hovered | undefined) => void,
): () => void {
  const last = axis.length - 1;
  scale.setRange(axis[0] ?? 0, axis[last] ?? 0);
  const common = {
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: {
      type: 'custom',
      formatter: metricText,
      tickmarksFormatter: metricTexts,
      minMove: valueAxisStep(lines),
    },
  } as const;
  const places = chart.addSeries(LineSeries, common);
  places.setData(axis.map((time) => ({ time })));
  const drawn = lines.map((points, i) => {
    const series = chart.addSeries(LineSeries, {
      ...common,
      color: colours[i % colours.length] as string,
      lineWidth: 2,
      lineStyle: i < colours.length ? LineStyle.Solid : LineStyle.Dashed,
      pointMarkersVisible: points.length <= FEW,
    });
    series.setData(points.map(({ step, value }) => ({ time: step, value })));
    return series;
  });
  // Some room on both sides, so that the first number under the axis is not cut.
  chart.timeScale().setVisibleLogicalRange({ from: -0.02 * last - 0.5, to: 1.02 * last + 0.5 });
  const hover: Parameters<typeof chart.subscribeCrosshairMove>[0] = ({ time, seriesData }) => {
    const values = drawn.map((series) => {
      const data = seriesData.get(series);
      return data && 'value' in data ? data.value : undefined;
    });
    onHover(time === undefined ? undefined : { step: Number(time), values });
  };
  chart.subscribeCrosshairMove(hover);
  return () => {
    if (isGone()) return;
    chart.unsubscribeCrosshairMove(hover);
    onHover(undefined);
    for (const series of [places, ...drawn]) chart.removeSeries(series);
  };
}
