import {
  BaselineSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useState } from 'preact/hooks';
import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { gainPercent, money } from './format.ts';
import { useChart } from './use-chart.ts';

interface Series {
  readonly equity: ISeriesApi<'Baseline'>;
  readonly held: ISeriesApi<'Line'>;
}

function createSeries(chart: IChartApi): Series {
  const quiet = { lineWidth: 2, priceLineVisible: false, crosshairMarkerVisible: true } as const;
  const held = chart.addSeries(LineSeries, {
    ...quiet,
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    lastValueVisible: false,
  });
  const equity = chart.addSeries(BaselineSeries, quiet);
  equity.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.1 } });
  return { equity, held };
}

/** What the slot was worth over its life, beside what its budget would have been worth in the market. */
export function EquityChart({ dashboard }: { readonly dashboard: Dashboard }) {
  const { equity: points, overview } = dashboard;
  const { ref, chart, colours } = useChart();
  const [series, setSeries] = useState<Series>();
  const budget = Number(overview.account?.budget ?? points[0]?.equity ?? 0);
  useEffect(() => {
    if (chart) setSeries(createSeries(chart));
  }, [chart]);
  useEffect(() => {
    series?.held.applyOptions({ color: colours.muted });
    series?.equity.applyOptions({
      baseValue: { type: 'price', price: budget },
      topLineColor: colours.up,
      topFillColor1: colours.upFill,
      topFillColor2: 'transparent',
      bottomLineColor: colours.down,
      bottomFillColor1: 'transparent',
      bottomFillColor2: colours.downFill,
    });
  }, [series, colours, budget]);
  useEffect(() => {
    const first = points[0];
    if (!chart || !series || !first) return;
    const time = (at: number) => (at / 1_000) as UTCTimestamp;
    series.equity.setData(points.map(({ at, equity }) => ({ time: time(at), value: Number(equity) })));
    series.held.setData(points.map(({ at, close }) => ({ time: time(at), value: (budget * close) / first.close })));
    chart.timeScale().fitContent();
  }, [chart, series, points, budget]);

  const [first, last] = [points[0], points.at(-1)];
  const { quote } = overview.slot;
  const market = first && last ? last.close / first.close - 1 : 0;
  const about = last
    ? `Equity is ${money(last.equity)} ${quote}, began with ${money(budget)} ${quote}`
    : 'No equity yet';
  return (
    <Card
      title={`Equity in ${quote}`}
      aside={
        <span class="legend">
          <span>— equity</span>
          <span class="muted">
            ┄ holding {overview.slot.base} {first && gainPercent(market)}
          </span>
        </span>
      }
    >
      <div class="chart equity" ref={ref} role="img" aria-label={about} />
      {!last && <p class="over">Begins with the trader's first decision.</p>}
    </Card>
  );
}
