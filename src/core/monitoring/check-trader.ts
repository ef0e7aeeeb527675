import type { LiveConfig } from '../config/live-config.ts';
import type { Measurement } from './check-result.ts';
import type { Heartbeat } from './heartbeat.ts';
import { compare } from './measure.ts';

export const TRADER_CHECKS = ['trader', 'error-rate'] as const;

/** The trader's counters at the check before. */
export type TraderCounters = Pick<Heartbeat, 'instance' | 'decisions' | 'errors'>;

/** Whether the trader lives, and what share of its decisions since the check before went wrong; before the first model there need not be one. */
export function checkTrader(
  heartbeat: Heartbeat | undefined,
  before: TraderCounters | null,
  now: number,
  limits: LiveConfig['monitoring'],
  hasModel: boolean,
): readonly Measurement[] {
  if (!heartbeat && !hasModel) {
    const idle = { status: 'healthy', value: null, threshold: null, reason: 'no model is in production yet' } as const;
    return [
      { ...idle, name: 'trader', unit: 'Milliseconds' },
      { ...idle, name: 'error-rate', unit: 'None' },
    ];
  }
  return [checkLife(heartbeat, now, limits.heartbeatAgeMs), checkErrors(heartbeat, before, limits.errorRate)];
}

function checkLife(heartbeat: Heartbeat | undefined, now: number, heartbeatAgeMs: number): Measurement {
  const what = { name: 'trader', unit: 'Milliseconds' } as const;
  if (!heartbeat) {
    const reason = 'the trader must have reported, has never done so';
    return { ...what, status: 'failed', value: null, threshold: heartbeatAgeMs, reason };
  }
  const age = compare(what, Math.max(0, now - heartbeat.at), { atMost: heartbeatAgeMs });
  if (age.status !== 'healthy') {
    return {
      ...age,
      status: 'failed',
      reason: `the trader must report within ${heartbeatAgeMs} ms, was silent for ${age.value} ms`,
    };
  }
  if (heartbeat.state === 'ACTIVE') return age;
  return { ...age, status: 'degraded', reason: `the trader must be ACTIVE, was ${heartbeat.state}` };
}

function checkErrors(heartbeat: Heartbeat | undefined, before: TraderCounters | null, errorRate: number): Measurement {
  const what = { name: 'error-rate', unit: 'None' } as const;
  if (!heartbeat) {
    const reason = 'the trader must have reported its errors, has never done so';
    return { ...what, status: 'failed', value: null, threshold: errorRate, reason };
  }
  const from = before?.instance === heartbeat.instance ? before : { decisions: 0, errors: 0 };
  const errors = Math.max(0, heartbeat.errors - from.errors);
  const decisions = Math.max(0, heartbeat.decisions - from.decisions);
  // Errors without a decision are all there was to see.
  const rate = errors === 0 ? 0 : Math.min(1, errors / Math.max(1, decisions));
  return compare(what, rate, { atMost: errorRate });
}
