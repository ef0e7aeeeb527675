import type { Command } from '../events/command.ts';
import type { AuditDraft, JsonObject } from '../ports/ledger.ts';
import type { ModelState } from './lifecycle.ts';
import type { ModelRecord } from './model-record.ts';

export type ModelAuditType =
  | 'ModelRegistered'
  | 'ModelPromoted'
  | 'ModelRolledBack'
  | 'ModelArchived'
  | 'CandidateEvaluated'
  | 'CandidateWaits';

/** The audit entry of one model's step; `from` is the state it was in, `null` for a new model. */
export function modelAudit(
  command: Command,
  eventType: ModelAuditType,
  model: ModelRecord,
  from: ModelState | null,
  details: JsonObject = {},
): AuditDraft {
  const { slot, runId, modelHash, state, reason } = model;
  return {
    stream: 'models',
    timestamp: command.now,
    eventType,
    user: command.user,
    action: ACTIONS[eventType],
    details: { slot, runId, modelHash, from, to: state, reason, ...details },
    sessionId: command.sessionId,
  };
}

const ACTIONS: Readonly<Record<ModelAuditType, string>> = {
  ModelRegistered: 'register',
  ModelPromoted: 'promote',
  ModelRolledBack: 'rollback',
  ModelArchived: 'archive',
  CandidateEvaluated: 'evaluate',
  CandidateWaits: 'evaluate',
};
