import type { LiveConfig } from '../config/live-config.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import type { Measurement } from './check-result.ts';
import { slotChecks } from './check-slot.ts';
import { type Heartbeat, readHeartbeat } from './heartbeat.ts';
import { compare } from './measure.ts';
import type { TraderCounters } from './system-check.ts';

export interface TraderFindings {
  readonly measurements: readonly Measurement[];
  /** For the next check; `undefined` when the trader has never reported. */
  readonly counters: TraderCounters | undefined;
}

/**
 * Whether the trader of a slot lives, and what share of its decisions since the check before went wrong; before the slot's first model there need not be one.
 *
 * @param before its counters at the check before
 * @throws AresError `LEDGER_ITEM_INVALID`
 */
export async function checkTrader(
  slot: SlotId,
  of: {
    readonly before: TraderCounters | undefined;
    readonly now: number;
    readonly limits: LiveConfig['monitoring'];
  },
  ledger: LedgerReader,
): Promise<TraderFindings> {
  const { before, now, limits } = of;
  const heartbeat = await readHeartbeat(ledger, slot);
  const { trader, errorRate } = slotChecks(slot);
  const life = { name: trader, unit: 'Milliseconds', dimensions: { slot } } as const;
  const errors = { name: errorRate, unit: 'None', dimensions: { slot } } as const;
  if (heartbeat) {
    const { instance, decisions, errors: failed } = heartbeat;
    return {
      measurements: [
        checkLife(life, heartbeat, now, limits.heartbeatAgeMs),
        compare(errors, errorShare(heartbeat, before), { atMost: limits.errorRate }),
      ],
      counters: { instance, decisions, errors: failed },
    };
  }
  if ((await readDeployment(ledger, slot)).championRunId === null) {
    const idle = { status: 'healthy', value: null, threshold: null, reason: 'no model is in production yet' } as const;
    return {
      measurements: [
        { ...life, ...idle },
        { ...errors, ...idle },
      ],
      counters: undefined,
    };
  }
  const never = { status: 'failed', value: null } as const;
  return {
    measurements: [
      {
        ...life,
        ...never,
        threshold: limits.heartbeatAgeMs,
        reason: `the trader of ${slot} must have reported, has never done so`,
      },
      {
        ...errors,
        ...never,
        threshold: limits.errorRate,
        reason: `the trader of ${slot} must have reported its errors, has never done so`,
      },
    ],
    counters: undefined,
  };
}

function checkLife(
  what: Pick<Measurement, 'name' | 'unit' | 'dimensions'>,
  { at, state }: Heartbeat,
  now: number,
  heartbeatAgeMs: number,
): Measurement {
  const slot = what.dimensions?.slot;
  const age = compare(what, Math.max(0, now - at), { atMost: heartbeatAgeMs });
  if (age.status !== 'healthy') {
    return {
      ...age,
      status: 'failed',
      reason: `the trader of ${slot} must report within ${heartbeatAgeMs} ms, was silent for ${age.value} ms`,
    };
  }
  if (state === 'ACTIVE') return age;
  return { ...age, status: 'degraded', reason: `the trader of ${slot} must be ACTIVE, was ${state}` };
}

/** Of the decisions since the check before, or since the process began. */
function errorShare(heartbeat: Heartbeat, before: TraderCounters | undefined): number {
  const from = before?.instance === heartbeat.instance ? before : { decisions: 0, errors: 0 };
  const errors = Math.max(0, heartbeat.errors - from.errors);
  const decisions = Math.max(0, heartbeat.decisions - from.decisions);
  // Errors without a decision are all there was to see.
  return errors === 0 ? 0 : Math.min(1, errors / Math.max(1, decisions));
}
