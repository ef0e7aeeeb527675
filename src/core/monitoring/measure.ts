import { messageOf } from '../ares-error.ts';
import type { MetricUnit } from '../ports/metrics.ts';
import type { Measurement } from './check-result.ts';

/** Compares a figure with the limit it must not go beyond. */
export function compare(
  what: { readonly name: string; readonly unit: MetricUnit; readonly dimensions?: Measurement['dimensions'] },
  value: number,
  limit: { readonly atMost: number } | { readonly atLeast: number },
): Measurement {
  const [words, threshold, beyond] =
    'atMost' in limit
      ? (['at most', limit.atMost, value > limit.atMost] as const)
      : (['at least', limit.atLeast, value < limit.atLeast] as const);
  const reason = beyond ? `${what.name} must be ${words} ${threshold}, was ${value}` : '';
  return { ...what, status: beyond ? 'degraded' : 'healthy', value, threshold, reason };
}

/** What a probe measures, or, when it fails, that each of its checks has failed. */
export async function measure(
  names: readonly string[],
  probe: () => Promise<readonly Measurement[]>,
): Promise<readonly Measurement[]> {
  try {
    return await probe();
  } catch (error) {
    const reason = `could not be measured: ${messageOf(error)}`;
    return names.map((name) => ({ name, status: 'failed', value: null, threshold: null, reason, unit: 'None' }));
  }
}
