import {
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { chartMarkers } from './chart-markers.ts';
import { money } from './format.ts';
import type { ChartColours } from './theme.ts';
import { useChart } from './use-chart.ts';

interface Series {
  readonly price: ISeriesApi<'Candlestick'>;
  readonly volume: ISeriesApi<'Histogram'>;
  readonly markers: ISeriesMarkersPluginApi<Time>;
}

type Candles = Dashboard['candles'];

/** As many bars as are legible at once. */
const VISIBLE_BARS_PER_PIXEL = 1 / 7;

function createSeries(chart: IChartApi): Series {
  const price = chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineVisible: true });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  price.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.2 } });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
  return { price, volume, markers: createSeriesMarkers(price, []) };
}

const seconds = (ms: number): UTCTimestamp => (ms / 1_000) as UTCTimestamp;

/** Draws what is new when it follows what is drawn, everything otherwise. */
function draw(
  { price, volume }: Series,
  candles: Candles,
  drawnUntil: number | undefined,
  colours: ChartColours,
): void {
  const bars = candles.map(({ openTime, open, high, low, close }) => ({
    time: seconds(openTime),
    open,
    high,
    low,
    close,
  }));
  const volumes = candles.map(({ openTime, open, close, volume: value }) => ({
    time: seconds(openTime),
    value,
    color: close >= open ? colours.upFill : colours.downFill,
  }));
  const known = drawnUntil === undefined ? -1 : candles.findIndex(({ openTime }) => openTime === drawnUntil);
  if (known === -1) {
    price.setData(bars);
    volume.setData(volumes);
    return;
  }
  for (const bar of bars.slice(known)) price.update(bar);
  for (const bar of volumes.slice(known)) volume.update(bar);
}

/** Candles with the slot's trades and model swaps on them. */
export function PriceChart({ dashboard }: { readonly dashboard: Dashboard }) {
  const { candles, trades, swaps, overview, marketProblem } = dashboard;
  const { ref, chart, colours } = useChart();
  const [series, setSeries] = useState<Series>();
  const drawn = useRef<{ readonly until: number; readonly colours: ChartColours } | undefined>(undefined);
  useEffect(() => {
    if (chart) setSeries(createSeries(chart));
  }, [chart]);
  useEffect(() => {
    series?.price.applyOptions({
      upColor: colours.up,
      wickUpColor: colours.up,
      downColor: colours.down,
      wickDownColor: colours.down,
    });
  }, [series, colours]);
  useEffect(() => {
    const last = candles.at(-1);
    if (!chart || !series || !last) return;
    const first = drawn.current === undefined;
    draw(series, candles, drawn.current?.colours === colours ? drawn.current.until : undefined, colours);
    drawn.current = { until: last.openTime, colours };
    if (!first || !ref.current) return;
    const bars = Math.round(ref.current.clientWidth * VISIBLE_BARS_PER_PIXEL);
    chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, candles.length - bars), to: candles.length + 4 });
  }, [chart, series, candles, colours]);
  useEffect(() => {
    series?.markers.setMarkers(chartMarkers({ candles, trades, swaps }, colours));
  }, [series, candles, trades, swaps, colours]);

  const last = candles.at(-1);
  const { symbol, timeframe, quote } = overview.slot;
  const about = last
    ? `${symbol}, last close ${money(last.close)} ${quote}, ${trades.length} trades shown`
    : `${symbol}, no candles yet`;
  return (
    <Card
      title={`${symbol} · ${timeframe}`}
      aside={
        <span class="legend">
          <span class="up">▲ bought</span>
          <span class="down">▼ sold</span>
          <span class="accent">■ model swap</span>
        </span>
      }
    >
      <div class="chart price" ref={ref} role="img" aria-label={about} />
      {!last && (
        <p class="over">{marketProblem ? `No candles: ${marketProblem}` : 'Waiting for the first closed candles.'}</p>
      )}
      {last && marketProblem && <p class="over warn">No newer candles: {marketProblem}</p>}
    </Card>
  );
}
