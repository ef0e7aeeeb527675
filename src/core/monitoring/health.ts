import type { SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readSystemAlerts, type SystemAlert } from './change-system-alert.ts';
import type { CheckResult, CheckStatus } from './check-result.ts';
import { readHeartbeat } from './heartbeat.ts';
import { lastSystemCheck } from './system-check.ts';

/** How Ares is, for a page or a command line. */
export interface Health {
  /** The worst of the last check; `unknown` before the first, or when it is too old to say anything. */
  readonly status: CheckStatus | 'unknown';
  readonly reason: string;
  /** Wall time of the last check, `null` before the first. */
  readonly checkedAt: number | null;
  readonly checks: readonly CheckResult[];
  readonly alerts: readonly SystemAlert[];
  /** By slot: milliseconds since its trader last reported; `null` when it never has. */
  readonly heartbeatAges: Readonly<Record<SlotId, number | null>>;
}

/** The monitor runs every minute; silence for three says that nobody watches. */
const STALE_MS = 180_000;

/** Reads the last system check, the alarms and the age of each trader's last sign of life. */
export async function readHealth(ledger: LedgerReader, now: EpochMillis): Promise<Health> {
  const [check, alerts, heartbeatAges] = await Promise.all([
    lastSystemCheck(ledger),
    readSystemAlerts(ledger),
    readHeartbeatAges(ledger, now),
  ]);
  const seen = { checkedAt: check?.at ?? null, checks: check?.checks ?? [], alerts, heartbeatAges };
  if (!check) return { status: 'unknown', reason: 'the system was never checked', ...seen };
  const age = now - check.at;
  if (age > STALE_MS)
    return { status: 'unknown', reason: `the last check is ${Math.round(age / 1_000)} s old`, ...seen };
  const ill = check.checks.filter(({ status }) => status !== 'healthy');
  return { status: check.status, reason: ill.map(({ name, status }) => `${name} ${status}`).join(', '), ...seen };
}

async function readHeartbeatAges(ledger: LedgerReader, now: EpochMillis): Promise<Health['heartbeatAges']> {
  const slots = await listSlots(ledger);
  const ages = await Promise.all(
    slots.map(async (slot) => {
      const heartbeat = await readHeartbeat(ledger, slot);
      return [slot, heartbeat ? Math.max(0, now - heartbeat.at) : null] as const;
    }),
  );
  return Object.fromEntries(ages);
}
