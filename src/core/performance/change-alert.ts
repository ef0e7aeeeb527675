import { newEvent } from '../events/catalogue.ts';
import { commandOf, metadataOf } from '../events/command.ts';
import type { Invocation } from '../events/invocation.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { type Alert, parseAlert, putAlert } from './alert-item.ts';
import type { Verdict } from './judge-metric.ts';

export interface AlertRequest {
  readonly slot: SlotId;
  readonly runId: string;
  readonly metric: string;
  readonly value: number | null;
  readonly threshold: number;
  readonly samples: number;
  /** Why, for the audit entry. */
  readonly reason: string;
  /** Position among the metrics one invocation judges, so that each of its events has a sequence of its own. */
  readonly position: number;
  judge(raised: boolean): Verdict;
}

/**
 * Raises or ends an alert where the judgement says so: its item, the audit entry and `PerformanceAlert` in one transaction.
 *
 * The item says whether the alert is raised, so that it is published once however often, and by however many at once, it is judged. A judgement older than the
 * last change of the alert changes nothing.
 */
export function changeAlert(invocation: Invocation, request: AlertRequest, ledger: Ledger): Promise<Verdict> {
  const { slot, runId, metric, value, threshold, samples, reason, position } = request;
  const { id, now, sessionId } = invocation;
  return retryOnConflict(`the alert ${metric} of ${slot}`, async () => {
    const item = await ledger.get(keys.alert(slot, runId, metric));
    const before = item && parseAlert(item);
    if (before && before.alert.since >= now) return 'unchanged';
    const verdict = request.judge(before?.alert.status === 'raised');
    if (verdict === 'unchanged') return verdict;
    const raised = verdict === 'breached';
    const alert: Alert = {
      slot,
      runId,
      metric,
      status: raised ? 'raised' : 'ended',
      since: now,
      value,
      threshold,
      samples,
    };
    const command = commandOf(invocation, 'track-performance');
    const token = `performance:${slot}:${runId}:${metric}:${id}`;
    const metadata = metadataOf(command, { token, index: 0, slot, sequence: now + position });
    const committed = await ledger.commit({
      token,
      writes: [putAlert(alert, before)],
      audit: [
        {
          stream: 'models',
          timestamp: now,
          eventType: 'PerformanceAlert',
          user: command.user,
          action: raised ? 'raise alert' : 'end alert',
          details: { ...alert, reason },
          sessionId,
        },
      ],
      events: [newEvent('PerformanceAlert', metadata, { runId, metric, status: verdict, value, threshold, samples })],
    });
    return committed.outcome === 'conflict' ? CONFLICT : verdict;
  });
}
