import * as z from 'zod';
import { newEvent } from '../events/catalogue.ts';
import { commandOf, metadataOf } from '../events/command.ts';
import type { Invocation } from '../events/invocation.ts';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { Item, Ledger, LedgerReader } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import type { CheckResult } from './check-result.ts';

const alertSchema = z.object({
  check: z.string(),
  status: z.enum(['raised', 'ended']),
  /** Wall time at which it was raised, made worse, or ended. */
  since: z.number().int(),
  /** What raised it, the worst so far. */
  code: z.enum(['CHECK_DEGRADED', 'CHECK_FAILED']),
  reason: z.string(),
});

/** Whether a system check is in alarm. */
export type SystemAlert = z.infer<typeof alertSchema>;

function parseSystemAlert(item: Item): SystemAlert {
  return parseItem(item, alertSchema, 'system alert');
}

/** A check that is made no more, so that it cannot be in alarm. */
export type EndedCheck = CheckResult & { readonly status: 'healthy'; readonly isGone: true };

/** The checks that are in alarm now. @throws AresError `LEDGER_ITEM_INVALID` */
export async function readSystemAlerts(ledger: LedgerReader): Promise<readonly SystemAlert[]> {
  const { table, pk } = keys.systemAlert('');
  const page = await ledger.query({ table, pk, limit: 1_000 });
  return page.items.map(parseSystemAlert).filter(({ status }) => status === 'raised');
}

/**
 * Raises or ends the alarm of a check: its item, the audit entry and `SystemError` or `SystemRecovered` in one transaction, published once.
 *
 * A degraded check that fails raises it again, because that is worse; one that failed and is degraded now stays as it is.
 *
 * @param position among the checks of one invocation, so that each of its events has a sequence of its own
 * @returns the alert as changed, `undefined` when nothing changed
 */
export function changeSystemAlert(
  invocation: Invocation,
  result: CheckResult | EndedCheck,
  position: number,
  ledger: Ledger,
): Promise<SystemAlert | undefined> {
  const { id, now, sessionId } = invocation;
  const key = keys.systemAlert(result.name);
  return retryOnConflict(`the alarm of ${result.name}`, async () => {
    const item = await ledger.get(key);
    const before = item && parseSystemAlert(item);
    if (before && before.since >= now) return undefined;
    const alert = next(result, before, now);
    if (!alert) return undefined;
    const raised = alert.status === 'raised';
    const command = commandOf(invocation, 'monitor-system');
    const token = `system:${result.name}:${id}`;
    const metadata = metadataOf(command, { token, index: 0, slot: null, sequence: now + position });
    const data = { component: result.name, code: alert.code, message: alert.reason };
    const eventType = raised ? 'SystemError' : 'SystemRecovered';
    const committed = await ledger.commit({
      token,
      writes: [{ kind: 'put', key, expected: item?.version ?? 'absent', value: alert }],
      audit: [
        {
          stream: 'trading',
          timestamp: now,
          eventType,
          user: command.user,
          action: raised ? 'raise alarm' : 'end alarm',
          details: { ...alert, value: result.value, threshold: result.threshold },
          sessionId,
        },
      ],
      events: [newEvent(eventType, metadata, data)],
    });
    return committed.outcome === 'conflict' ? CONFLICT : alert;
  });
}

function next(result: CheckResult | EndedCheck, before: SystemAlert | undefined, now: number): SystemAlert | undefined {
  const { name: check, reason } = result;
  const raised = before?.status === 'raised' ? before : undefined;
  if (result.status === 'healthy') {
    const words = 'isGone' in result ? 'is no longer checked' : 'is healthy again';
    return raised && { check, status: 'ended', since: now, code: raised.code, reason: `${check} ${words}` };
  }
  const code = result.status === 'failed' ? 'CHECK_FAILED' : 'CHECK_DEGRADED';
  if (raised && (raised.code === code || code === 'CHECK_DEGRADED')) return undefined;
  return { check, status: 'raised', since: now, code, reason };
}
