import type { Command } from '../events/command.ts';
import type { AuditDraft, JsonObject } from '../ports/ledger.ts';

const ACTIONS = {
  RegisteredModelCreated: 'create',
  RegisteredModelUpdated: 'update',
  RegisteredModelRenamed: 'rename',
  RegisteredModelDeleted: 'delete',
  RegisteredModelTagged: 'tag',
  RegisteredModelUntagged: 'untag',
  RegisteredModelBound: 'bind',
  RegisteredModelUnbound: 'unbind',
  AliasSet: 'alias',
  AliasDeleted: 'unalias',
  ModelVersionCreated: 'create',
  ModelVersionUpdated: 'update',
  ModelVersionDeleted: 'delete',
  ModelVersionTagged: 'tag',
  ModelVersionUntagged: 'untag',
  ModelVersionStaged: 'stage',
} as const;

/** A tag may be as long as an entry of the audit trail; its beginning is enough there. */
const MAX_TEXT = 500;

/** The audit entry of one change of the registry that clients of MLflow see. */
export function registryAudit(
  { now, user, sessionId }: Command,
  eventType: keyof typeof ACTIONS,
  details: JsonObject,
): AuditDraft {
  const short = Object.entries(details).map(([name, value]): [string, JsonObject[string]] => [
    name,
    typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value,
  ]);
  return {
    stream: 'models',
    timestamp: now,
    eventType,
    user,
    action: ACTIONS[eventType],
    details: Object.fromEntries(short),
    sessionId,
  };
}
