import { metricText } from './metric-value.ts';
import type { MetricValue } from './mlflow-types.ts';

const PLAIN = /^−?[\d,]+(?:\.(\d+))?$/;

/** Metrics that stand under or beside one another, with equally many decimals. */
export function metricTexts(values: readonly MetricValue[]): string[] {
  const texts = values.map((value) => metricText(value));
  const decimals = Math.max(0, ...texts.map((text) => PLAIN.exec(text)?.[1]?.length ?? 0));
  return texts.map((text) => {
    const plain = PLAIN.exec(text);
    if (!plain || decimals === 0) return text;
    const [whole = ''] = text.split('.');
    return `${whole}.${(plain[1] ?? '').padEnd(decimals, '0')}`;
  });
}
