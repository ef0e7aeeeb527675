import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys, sortable } from '../ledger-keys.ts';
import { epochMillis } from '../ports/clock.ts';
import type { AppendRecord, LedgerReader } from '../ports/ledger.ts';
import { CHECK_STATUSES, type CheckResult, checkResultSchema, type Measurement } from './check-result.ts';

const countersSchema = z.object({ instance: z.string(), decisions: z.number().int(), errors: z.number().int() });

/** What a trader had counted when it was checked. */
export type TraderCounters = z.infer<typeof countersSchema>;

const systemCheckSchema = z.object({
  /** Wall time. */
  at: z.number().int(),
  /** Wall time since which the monitor has run without a gap. Checks of earlier releases have none: they began with themselves. */
  watchedFrom: z.number().int().optional(),
  /** The worst of all checks. */
  status: z.enum(CHECK_STATUSES),
  checks: z.array(checkResultSchema),
  /** Counters by slot of the traders that have reported, so that the next check can tell what is new. Checks of earlier releases, with one trader only, have none. */
  traders: z.record(z.string(), countersSchema).default({}),
});

/** What one run of the monitor found. */
export type SystemCheck = z.infer<typeof systemCheckSchema>;

/** Of three runs in a row at least one comes, also when functions are throttled. */
const GAP_MS = 180_000;

/** Since when the monitor has listened, with a run now: a machine that was off heard nothing. */
export function watchedSince(before: SystemCheck | undefined, now: number): number {
  if (!before || now - before.at > GAP_MS) return now;
  return before.watchedFrom ?? before.at;
}

/** Longer than anybody looks back at; one a minute would grow for ever. */
const KEPT_MS = 90 * 24 * 3_600_000;

export function systemCheckRecord(check: SystemCheck): AppendRecord {
  return { key: keys.systemCheck(check.at), value: check, expiresAt: epochMillis(check.at + KEPT_MS) };
}

/** The last check before a time, or the last of all. @throws AresError `LEDGER_ITEM_INVALID` */
export async function lastSystemCheck(ledger: LedgerReader, before?: number): Promise<SystemCheck | undefined> {
  const { table, pk } = keys.systemCheck(0);
  const range = before === undefined ? {} : { to: sortable(Math.max(0, before - 1)) };
  const page = await ledger.query({ table, pk, order: 'descending', limit: 1, ...range });
  const item = page.items[0];
  if (!item) return undefined;
  return parseItem(item, systemCheckSchema, 'system check');
}

/** A measurement with the time since which the check has its status. */
export function dated(measurement: Measurement, before: SystemCheck | undefined, now: number): CheckResult {
  const { name, status, value, threshold, reason } = measurement;
  const last = before?.checks.find((check) => check.name === name);
  return { name, status, value, threshold, reason, since: last?.status === status ? last.since : now };
}
