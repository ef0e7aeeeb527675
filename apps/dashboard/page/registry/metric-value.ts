import type { MetricValue } from './mlflow-types.ts';

/** Infinity is stored as the largest number there is. */
const LARGEST = Number.MAX_VALUE;
/** What the chart can draw. */
const DRAWABLE = 9e13;

/** Whether a chart can show it: not NaN, no infinity, nothing astronomic. */
export const isDrawable = (value: MetricValue): boolean => Math.abs(Number(value)) < DRAWABLE;

/** A metric for people: six digits, plain where that is short. */
export function metricText(value: MetricValue): string {
  const number = Number(value);
  if (Number.isNaN(number)) return 'NaN';
  if (Math.abs(number) >= LARGEST) return number > 0 ? '∞' : '−∞';
  if (number === 0) return '0';
  const size = Math.abs(number);
  const text =
    size >= 1e9 || size < 1e-4
      ? number.toExponential(4).replace(/\.?0+e/, 'e')
      : Number.isInteger(number)
        ? number.toLocaleString('en-US')
        : number.toLocaleString('en-US', { maximumSignificantDigits: 6 });
  return text.replaceAll('-', '−').replace('e+', 'e');
}
