import { metricText } from './metric-value.ts';

/** Numbers beside an axis, all with as many decimals as the one that needs most. */
export function axisNumbers(values: readonly number[]): string[] {
  const texts = values.map((value) => metricText(value));
  if (texts.some((text) => text.includes('e'))) return texts;
  const decimals = Math.max(0, ...texts.map((text) => text.split('.')[1]?.length ?? 0));
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals });
  return texts.map((text, i) => (text.includes('.') || decimals > 0 ? format.format(values[i] as number) : text));
}
