import type { SlotId } from '../models/slot.ts';
import type { CheckResult } from '../monitoring/check-result.ts';
import { type Health, readHealth } from '../monitoring/health.ts';
import { raisedAlerts } from '../performance/alert-item.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { shortDecimals } from './short-decimals.ts';

/** One alarm, of the system or of a model, in words. */
export interface AlarmView {
  readonly what: string;
  readonly reason: string;
  readonly since: number;
  /** Whether `since` is market or wall time. */
  readonly clock: 'market' | 'wall';
}

/** How Ares is. */
export interface HealthView {
  readonly status: Health['status'];
  readonly reason: string;
  /** Wall time of the last check of everything. */
  readonly checkedAt: number | null;
  readonly checks: readonly CheckResult[];
  readonly alarms: readonly AlarmView[];
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function readHealthView(ledger: LedgerReader, slot: SlotId, now: EpochMillis): Promise<HealthView> {
  const [health, alerts] = await Promise.all([readHealth(ledger, now), raisedAlerts(ledger, slot)]);
  const { status, reason, checkedAt, checks } = health;
  const ofSystem = health.alerts.map(
    (alert): AlarmView => ({
      what: alert.check,
      reason: shortDecimals(alert.reason),
      since: alert.since,
      clock: 'wall',
    }),
  );
  const ofModels = alerts.map(
    ({ metric, runId, value, threshold, since }): AlarmView => ({
      what: `${metric} of ${runId}`,
      reason: shortDecimals(`${metric} must be at least ${threshold}, was ${value ?? 'missing'}`),
      since,
      clock: 'market',
    }),
  );
  return { status, reason, checkedAt, checks, alarms: [...ofSystem, ...ofModels] };
}
