import type { EpochMillis } from '../ports/clock.ts';
import type { AuditDraft, JsonObject } from '../ports/ledger.ts';

const ACTIONS = {
  ExperimentCreated: 'create',
  ExperimentRenamed: 'rename',
  ExperimentDeleted: 'delete',
  ExperimentRestored: 'restore',
  RunDeleted: 'delete',
  RunRestored: 'restore',
} as const;

/** Who wants something of the tracking, and when by wall time. */
export interface TrackingActor {
  readonly user: string;
  readonly now: EpochMillis;
  readonly sessionId: string;
}

/** The audit entry of a change of lifecycle; what a run logs is not audited. */
export const trackingAudit = (
  { user, now, sessionId }: TrackingActor,
  eventType: keyof typeof ACTIONS,
  details: JsonObject,
): AuditDraft => ({
  stream: 'models',
  timestamp: now,
  eventType,
  user,
  action: ACTIONS[eventType],
  details,
  sessionId,
});
