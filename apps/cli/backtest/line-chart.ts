import { escapeHtml } from './escape-html.ts';

export interface ChartSeries {
  readonly name: string;
  /** Class of its line, for the style sheet. */
  readonly style: 'own' | 'market' | 'loss';
  readonly values: readonly number[];
  /** Fills between the line and 0. */
  readonly filled?: boolean;
}

export interface Chart {
  readonly title: string;
  /** Epoch milliseconds, ascending, one for each value. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly label: (value: number) => string;
  readonly height: number;
  /** Moments to mark with a vertical line. */
  readonly marks?: readonly number[];
}

const WIDTH = 960;
const LEFT = 78;
const RIGHT = 12;
const TOP = 8;
const BOTTOM = 26;

/** Lines over time as one inline SVG, with grid, labels and a description for those who cannot see it. */
export function lineChart({ title, times, series, label, height, marks = [] }: Chart): string {
  const all = series.flatMap(({ values }) => values);
  const [low, high] = spread(all);
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
  const x = (time: number) => LEFT + ((time - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + ((high - value) / (high - low || 1)) * (height - TOP - BOTTOM);
  const rows = ticks(low, high, Math.max(2, Math.round(height / 55))).map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(y(value))}" y2="${fixed(y(value))}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${fixed(y(value) + 4)}" text-anchor="end">${escapeHtml(label(value))}</text>`,
  );
  const columns = timeTicks(from, to).map(
    ({ at, text }) =>
      `<text class="tick" x="${fixed(x(at))}" y="${height - 8}" text-anchor="middle">${escapeHtml(text)}</text>`,
  );
  const borders = marks.map(
    (at) => `<line class="mark" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${TOP}" y2="${height - BOTTOM}"/>`,
  );
  const lines = series.map(({ style, values, filled }) => {
    const path = values.map(
      (value, at) => `${at === 0 ? 'M' : 'L'}${fixed(x(times[at] as number))} ${fixed(y(value))}`,
    );
    const line = `<path class="line ${style}" d="${path.join('')}"/>`;
    if (!filled) return line;
    const zero = fixed(y(0));
    return `<path class="area ${style}" d="${path.join('')}L${fixed(x(to))} ${zero}L${fixed(x(from))} ${zero}Z"/>${line}`;
  });
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    ...rows,
    ...columns,
    ...borders,
    ...lines,
    '</svg>',
  ].join('\n');
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

/** Lowest and highest, with a little air; a flat line gets air as well. */
function spread(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low)) return [0, 1];
  const air = (high - low) * 0.04 || Math.abs(high) * 0.01 || 0.01;
  // A drawdown begins at 0, above which there is nothing.
  return [low - air, high === 0 ? 0 : high + air];
}

/** Round values between two, about as many as wanted. */
function ticks(low: number, high: number, wanted: number): readonly number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const values: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    values.push(Math.round(value / step) * step);
  }
  return values;
}

/** Six moments over the span, written as finely as it is long. */
function timeTicks(from: number, to: number): readonly { readonly at: number; readonly text: string }[] {
  const text = (at: number) => {
    const iso = new Date(at).toISOString();
    return to - from < 3 * 86_400_000 ? iso.slice(5, 16).replace('T', ' ') : iso.slice(0, 10);
  };
  return [0.04, 0.22, 0.4, 0.6, 0.78, 0.95].map((share) => {
    const at = from + share * (to - from);
    return { at, text: text(at) };
  });
}
